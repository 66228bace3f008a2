import { cleanBase64, type LiftedBase64 } from './base64.ts';
import { BACKSLASH, BASE64, BYTE_CLASS, CLOSING, classOf, OTHER, PADDING, SPACE } from './base64-alphabet.ts';
import { createRunTracker, type Run, type RunLimits, type RunTracker } from './base64-run.ts';
import { type ByteStore, createByteStore } from './byte-store.ts';
import { createEscapeReader, ESCAPE_CONTINUES, NOT_AN_ESCAPE } from './json-escape.ts';
import { drawMarkPrefix, type Marks, writeMark } from './marks.ts';

/** An answer with its long base64 taken out: what remains is small enough for ordinary parsing. */
export interface LiftedAnswer {
  readonly text: string;
  readonly marks: Marks;
}

export interface AnswerScanner {
  /** Takes the next bytes of the answer; the buffer must not be changed afterwards. */
  push(chunk: Buffer): void;
  /** What was lifted and what remains, once all bytes are in. */
  finish(): LiftedAnswer;
  /** The whole answer, exactly as it came. */
  original(): Buffer;
}

/** Ruby wraps base64 at 60 letters, PEM at 64, MIME at 76. */
const LIMITS: RunLimits = { firstStretch: 56, letters: 256 };

/**
 * Reads an answer as it arrives, once and linearly: every run of 256 or more letters of base64 (JSON escapes and
 * wrapping included) is remembered by its place, and a mark stands for it in the text. Where chunks end does not matter.
 */
export function createAnswerScanner(random: () => number): AnswerScanner {
  const store = createByteStore();
  const runs: Run[] = [];
  const tracker = createRunTracker(LIMITS, (run) => runs.push(run));
  const tokenize = createTokenizer(tracker);

  return {
    push(chunk) {
      tokenize(chunk, store.length);
      store.push(chunk);
    },
    finish() {
      tracker.other(true);
      return liftRuns(store, runs, random);
    },
    original: () => Buffer.concat([...store.pieces(0, store.length)]),
  };
}

function createTokenizer(tracker: RunTracker): (chunk: Buffer, start: number) => void {
  const reader = createEscapeReader();
  let escapedFrom = 0;

  function take(kind: number, from: number, to: number, escaped: boolean): void {
    if (kind === BASE64) tracker.stretch(from, to, escaped ? 1 : to - from, escaped);
    else if (kind === PADDING) tracker.padding(to);
    else if (kind === SPACE) tracker.space();
    else tracker.other(kind === CLOSING);
  }

  /** Returns how many bytes it took: none where the byte is not part of the escape. */
  function takeEscaped(byte: number, place: number): number {
    const code = reader.feed(byte);
    if (code === ESCAPE_CONTINUES) return 1;
    if (code === NOT_AN_ESCAPE) {
      tracker.other(false);
      return 0;
    }
    take(classOf(code), escapedFrom, place + 1, true);
    return 1;
  }

  return (chunk, start) => {
    let at = 0;
    while (at < chunk.length) {
      const byte = chunk[at] ?? 0;
      if (reader.isActive()) {
        at += takeEscaped(byte, start + at);
        continue;
      }
      const kind = BYTE_CLASS[byte] ?? OTHER;
      let end = at + 1;
      if (kind === BASE64) end = endOfLetters(chunk, end);
      if (kind === BACKSLASH) {
        reader.begin();
        escapedFrom = start + at;
      } else {
        take(kind, start + at, start + end, false);
      }
      at = end;
    }
  };
}

function endOfLetters(chunk: Buffer, from: number): number {
  let end = from;
  while (end < chunk.length && BYTE_CLASS[chunk[end] ?? 0] === BASE64) end += 1;
  return end;
}

function liftRuns(store: ByteStore, runs: readonly Run[], random: () => number): LiftedAnswer {
  const texts = [...textsBetween(store, runs)];
  const prefix = drawMarkPrefix(random, (nonce) => texts.some((text) => text.includes(nonce)));
  const text = texts
    .map((each, index) => (index === 0 ? each : writeMark(prefix, index - 1) + each))
    .join('');
  return { text, marks: { prefix, lifted: runs.map((run) => liftedFrom(store, run)) } };
}

function* textsBetween(store: ByteStore, runs: readonly Run[]): Generator<string> {
  let from = 0;
  for (const run of runs) {
    yield Buffer.concat([...store.pieces(from, run.from)]).toString('utf8');
    from = run.to;
  }
  yield Buffer.concat([...store.pieces(from, store.length)]).toString('utf8');
}

function liftedFrom(store: ByteStore, run: Run): LiftedBase64 {
  const pieces = (): Iterable<Buffer> => store.pieces(run.from, run.to);
  return {
    letters: run.letters,
    padded: run.padded,
    chunks: () => (run.unbroken ? pieces() : cleanBase64(pieces())),
  };
}
