export interface Base64Run {
  readonly from: number;
  readonly to: number;
  /** Without white space and padding. */
  readonly letters: number;
  /** No white space or escapes inside; padding only at its end. */
  readonly unbroken: boolean;
  /** Ends in `=`, so nothing can follow. */
  readonly padded: boolean;
}

export interface RunLimits {
  /** Least unbroken letters at its start: words of prose are shorter. */
  readonly firstStretch: number;
  readonly letters: number;
}

/** Takes tokens in order and reports runs of base64. Places are the caller's count. */
export interface RunTracker {
  stretch(from: number, to: number, letters: number, escaped: boolean): void;
  padding(to: number): void;
  space(): void;
  other(closing: boolean): void;
  /** The start of the current unbroken run. */
  unbrokenRun(): number | undefined;
}

/** Longer lines are not wrapped. */
const WIDEST_LINE = 1024;
/** White space between lines, with indentation. */
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

/** The current run: its line, the gap behind it, and a tail that may be its last line or prose. */
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

/** With its tail; base64 is never 1 mod 4 long. */
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

/** Whether padding may follow; a tail before it is then the last line. */
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
