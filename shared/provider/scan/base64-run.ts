/** A stretch of text that is base64 from one place to another. */
export interface Base64Run {
  readonly from: number;
  /** The first place behind it. */
  readonly to: number;
  /** Letters of base64 in it: neither white space nor padding. */
  readonly letters: number;
  /** Nothing but letters and padding at its end: no white space, no escapes inside. */
  readonly unbroken: boolean;
  /** It ends in `=`, so nothing can follow. */
  readonly padded: boolean;
}

export interface RunLimits {
  /** Letters without a break that a run must begin with: prose is made of base64 letters too, but its words are short. */
  readonly firstStretch: number;
  /** Letters a run must have to be one. */
  readonly letters: number;
}

/** Takes text as tokens in order, and reports the runs of base64 in it. Places are the caller's own count. */
export interface RunTracker {
  stretch(from: number, to: number, letters: number, escaped: boolean): void;
  padding(to: number): void;
  space(): void;
  other(closing: boolean): void;
  /** Where the run began whose letters stand one behind the other up to here; undefined where there is none. */
  unbrokenRun(): number | undefined;
}

/** Lines of wrapped base64 are no longer than this; a longer stretch was not wrapped. */
const WIDEST_LINE = 1024;
/** White space between two lines, indentation included. */
const WIDEST_GAP = 64;

type Phase = 'idle' | 'stretch' | 'gap' | 'tail' | 'padding';

/**
 * Tells base64 from prose. White space may stand inside as in wrapped base64: what follows it must be a long stretch
 * again, or a short last line. One word of prose at most is taken for such a line; an image file ends where
 * its container ends, so that does no harm, as long as it does not make a length that no base64 can have.
 */
export function createRunTracker(limits: RunLimits, onRun: (run: Base64Run) => void): RunTracker {
  let phase: Phase = 'idle';
  let run = { from: 0, to: 0, letters: 0, unbroken: true, padded: false };
  let line = { letters: 0, width: 0, even: true };
  let tail = { to: 0, letters: 0 };
  let gap = 0;
  let pads = 0;

  function begin(from: number, to: number, letters: number, escaped: boolean): void {
    run = { from, to, letters, unbroken: !escaped, padded: false };
    line = { letters, width: 0, even: true };
    phase = 'stretch';
  }

  function finish(): void {
    if (phase !== 'idle' && run.letters >= limits.letters && run.letters >= limits.firstStretch) onRun(run);
    phase = 'idle';
  }

  function takeTail(): void {
    run = { ...run, to: tail.to, letters: run.letters + tail.letters, unbroken: false };
    line.letters = tail.letters;
    phase = 'stretch';
  }

  function finishWithTail(closing: boolean): void {
    const lastLine = line.even && line.width <= WIDEST_LINE && tail.letters <= line.width;
    if ((closing || lastLine) && (run.letters + tail.letters) % 4 !== 1) takeTail();
    finish();
  }

  function openGap(): void {
    if (run.letters < limits.firstStretch) {
      phase = 'idle';
      return;
    }
    if (line.width === 0) line.width = line.letters;
    line.even &&= line.letters === line.width;
    gap = 1;
    phase = 'gap';
  }

  function beginPadding(to: number): void {
    run = { ...run, to, unbroken: run.unbroken && phase === 'stretch', padded: true };
    pads = 1;
    phase = 'padding';
  }

  return {
    stretch(from, to, letters, escaped) {
      if (phase === 'padding') finish();
      if (phase === 'idle') return begin(from, to, letters, escaped);
      if (phase === 'stretch') {
        run.to = to;
        run.letters += letters;
        run.unbroken &&= !escaped;
        line.letters += letters;
        return;
      }
      tail = { to, letters: letters + (phase === 'tail' ? tail.letters : 0) };
      phase = 'tail';
      if (tail.letters >= limits.firstStretch) takeTail();
    },

    padding(to) {
      if (phase === 'padding') {
        pads += 1;
        if (pads > 2) return finish();
        run.to = to;
      } else if (phase === 'stretch' && run.letters >= limits.firstStretch) {
        beginPadding(to);
      } else if (phase === 'gap' && run.letters % 4 >= 2) {
        beginPadding(to);
      } else if (phase === 'tail' && (run.letters + tail.letters) % 4 >= 2) {
        takeTail();
        beginPadding(to);
      } else {
        finish();
      }
    },

    space() {
      if (phase === 'stretch') return openGap();
      if (phase === 'gap') {
        gap += 1;
        if (gap > WIDEST_GAP) finish();
      } else if (phase === 'tail') {
        finishWithTail(false);
      } else {
        finish();
      }
    },

    other(closing) {
      if (phase === 'tail') finishWithTail(closing);
      else finish();
    },

    unbrokenRun: () => (phase === 'stretch' && run.unbroken ? run.from : undefined),
  };
}
