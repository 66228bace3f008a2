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
  /** Where the run began whose letters stand one behind the other up to here; undefined if there is none. */
  unbrokenRun(): number | undefined;
}

/** Lines of wrapped base64 are no longer than this; a longer stretch was not wrapped. */
const WIDEST_LINE = 1024;
/** White space between two lines, indentation included. */
const WIDEST_GAP = 64;

/**
 * Tells base64 from prose. White space may wrap it if a long stretch or a short last line follows. One word of prose may
 * pass as that line, which is harmless: an image ends at its container's end.
 */
export function createRunTracker(limits: RunLimits, onRun: (run: Base64Run) => void): RunTracker {
  const state: State = {
    phase: 'idle',
    run: { from: 0, to: 0, letters: 0, unbroken: true, padded: false },
    line: { letters: 0, width: 0, even: true },
    tail: { to: 0, letters: 0 },
    gap: 0,
    pads: 0,
  };

  function finish(): void {
    const { phase, run } = state;
    if (phase !== 'idle' && run.letters >= limits.letters && run.letters >= limits.firstStretch) onRun(run);
    state.phase = 'idle';
  }

  return {
    stretch(from, to, letters, escaped) {
      if (state.phase === 'padding') finish();
      if (state.phase === 'idle') return begin(state, from, to, letters, escaped);
      if (state.phase === 'stretch') return extend(state, to, letters, escaped);
      state.tail = { to, letters: letters + (state.phase === 'tail' ? state.tail.letters : 0) };
      state.phase = 'tail';
      if (state.tail.letters >= limits.firstStretch) takeTail(state);
    },

    padding(to) {
      if (state.phase !== 'padding') return mayBePadded(state, limits) ? beginPadding(state, to) : finish();
      state.pads += 1;
      if (state.pads > 2) return finish();
      state.run.to = to;
    },

    space() {
      if (state.phase === 'stretch') return openGap(state, limits);
      if (state.phase === 'gap' && state.gap < WIDEST_GAP) {
        state.gap += 1;
        return;
      }
      if (state.phase === 'tail' && isLastLine(state)) takeTail(state);
      finish();
    },

    other(closing) {
      if (state.phase === 'tail' && (closing ? hasPossibleLength(state) : isLastLine(state))) takeTail(state);
      finish();
    },

    unbrokenRun: () => (state.phase === 'stretch' && state.run.unbroken ? state.run.from : undefined),
  };
}

/** A run as far as it has come: its line, the gap behind that, and a tail that may be its last line or prose. */
interface State {
  phase: 'idle' | 'stretch' | 'gap' | 'tail' | 'padding';
  run: { -readonly [Field in keyof Base64Run]: Base64Run[Field] };
  line: { letters: number; width: number; even: boolean };
  tail: { to: number; letters: number };
  gap: number;
  pads: number;
}

function begin(state: State, from: number, to: number, letters: number, escaped: boolean): void {
  state.run = { from, to, letters, unbroken: !escaped, padded: false };
  state.line = { letters, width: 0, even: true };
  state.phase = 'stretch';
}

function extend({ run, line }: State, to: number, letters: number, escaped: boolean): void {
  run.to = to;
  run.letters += letters;
  run.unbroken &&= !escaped;
  line.letters += letters;
}

function takeTail(state: State): void {
  const { run, tail } = state;
  state.run = { ...run, to: tail.to, letters: run.letters + tail.letters, unbroken: false };
  state.line.letters = tail.letters;
  state.phase = 'stretch';
}

function isLastLine(state: State): boolean {
  const { line, tail } = state;
  return line.even && line.width <= WIDEST_LINE && tail.letters <= line.width && hasPossibleLength(state);
}

/** With its tail: base64 is never one letter longer than whole groups. */
function hasPossibleLength({ run, tail }: State): boolean {
  return (run.letters + tail.letters) % 4 !== 1;
}

function openGap(state: State, { firstStretch }: RunLimits): void {
  const { run, line } = state;
  if (run.letters < firstStretch) {
    state.phase = 'idle';
    return;
  }
  if (line.width === 0) line.width = line.letters;
  line.even &&= line.letters === line.width;
  state.gap = 1;
  state.phase = 'gap';
}

/** Whether a group may end in padding here; a tail before it is then the run's last line. */
function mayBePadded({ phase, run, tail }: State, { firstStretch }: RunLimits): boolean {
  if (phase === 'stretch') return run.letters >= firstStretch;
  if (phase === 'gap') return run.letters % 4 >= 2;
  return phase === 'tail' && (run.letters + tail.letters) % 4 >= 2;
}

function beginPadding(state: State, to: number): void {
  if (state.phase === 'tail') takeTail(state);
  const { run, phase } = state;
  state.run = { ...run, to, unbroken: run.unbroken && phase === 'stretch', padded: true };
  state.pads = 1;
  state.phase = 'padding';
}
