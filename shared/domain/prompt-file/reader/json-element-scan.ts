/** An element begins, one ended before it, or something follows the array's end. */
interface ElementMark {
  readonly kind: 'begin' | 'end' | 'after';
  readonly at: number;
}

/** Finds elements of an array, chunk by chunk, by brackets, strings and comments alone. */
interface ElementScan {
  push(chunk: Buffer): Iterable<ElementMark>;
  /** `over`: the array's `]` has come. */
  state(): 'between' | 'inside' | 'over';
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const STAR = 0x2a;
const SLASH = 0x2f;
const BACKSLASH = 0x5c;
const LINE_FEED = 0x0a;
const ARRAY_OPEN = 0x5b;
const ARRAY_CLOSE = 0x5d;
const OBJECT_OPEN = 0x7b;
const OBJECT_CLOSE = 0x7d;

export function createElementScan(): ElementScan {
  let state: ReturnType<ElementScan['state']> = 'between';
  let mode: Mode = 'plain';
  let depth = 0;

  /** An element's end: after its own bracket, or before the separator. */
  function endAt(byte: number, at: number): number | undefined {
    if (opens(byte)) depth += 1;
    if (depth === 0) {
      if (byte !== COMMA && byte !== ARRAY_CLOSE) return undefined;
      state = byte === COMMA ? 'between' : 'over';
      return at;
    }
    if (!closes(byte)) return undefined;
    depth -= 1;
    if (depth > 0) return undefined;
    state = 'between';
    return at + 1;
  }

  function* markAt(byte: number, at: number): Generator<ElementMark> {
    if (state === 'over') return yield { kind: 'after', at };
    if (state === 'between') {
      if (byte === COMMA) return;
      if (byte === ARRAY_CLOSE) {
        state = 'over';
        return;
      }
      state = 'inside';
      yield { kind: 'begin', at };
    }
    const end = endAt(byte, at);
    if (end !== undefined) yield { kind: 'end', at: end };
  }

  function* push(chunk: Buffer): Generator<ElementMark> {
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      const isStructure = mode === 'plain' && byte > 0x20 && byte !== SLASH;
      mode = modeAfter(mode, byte);
      if (isStructure) yield* markAt(byte, at);
    }
  }

  return { push, state: () => state };
}

function opens(byte: number): boolean {
  return byte === ARRAY_OPEN || byte === OBJECT_OPEN;
}

function closes(byte: number): boolean {
  return byte === ARRAY_CLOSE || byte === OBJECT_CLOSE;
}

type Mode = 'plain' | 'string' | 'escape' | 'slash' | 'line' | 'block' | 'star';

function modeAfter(mode: Mode, byte: number): Mode {
  switch (mode) {
    case 'plain':
      if (byte === QUOTE) return 'string';
      return byte === SLASH ? 'slash' : 'plain';
    case 'string':
      if (byte === BACKSLASH) return 'escape';
      return byte === QUOTE ? 'plain' : 'string';
    case 'escape':
      return 'string';
    case 'slash':
    case 'line':
    case 'block':
    case 'star':
      return afterComment(mode, byte);
  }
}

function afterComment(mode: 'slash' | 'line' | 'block' | 'star', byte: number): Mode {
  switch (mode) {
    case 'slash':
      if (byte === STAR) return 'block';
      return byte === SLASH ? 'line' : 'plain';
    case 'line':
      return byte === LINE_FEED ? 'plain' : 'line';
    case 'block':
      return byte === STAR ? 'star' : 'block';
    case 'star':
      if (byte === STAR) return 'star';
      return byte === SLASH ? 'plain' : 'block';
  }
}
