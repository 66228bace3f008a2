import { StringDecoder } from 'node:string_decoder';
import type { AnswerMemory } from '../types.ts';
import { type AnswerText, answerText, textInPieces } from './answer-text.ts';
import { cleanBase64, type LiftedBase64 } from './base64.ts';
import { type Base64Run, createRunTracker, type RunLimits } from './base64-run.ts';
import { type ByteStore, createByteStore } from './byte-store.ts';
import { FREE_MEMORY } from './free-memory.ts';
import { createLetterDecoder } from './letter-decoder.ts';
import { type Marks, randomMarkPrefix, writeMark } from './marks.ts';
import { createTokenizer } from './tokenizer.ts';

/** A response with its long base64 taken out, so that ordinary parsing can follow. */
export interface LiftedAnswer {
  readonly text: AnswerText;
  readonly marks: Marks;
}

export interface AnswerScanner {
  /** About so many bytes will come, to size a buffer. */
  expect(bytes: number): void;
  /** Takes the next bytes; the buffer is free again afterwards. */
  push(chunk: Buffer): void;
  /** Further bytes that reading needs: text, and base64 that is not decoded yet. */
  toCome(): number;
  finish(): LiftedAnswer;
  original(): Buffer;
}

/** Ruby wraps base64 at 60 letters, PEM at 64, MIME at 76. */
const LIMITS: RunLimits = { firstStretch: 56, letters: 256 };

/**
 * Reads a response once, as it arrives: runs of 256 or more base64 letters become marks; long ones are decoded at once
 * and not kept. Chunks may end anywhere.
 */
export function createAnswerScanner(
  random: () => number,
  memory: Pick<AnswerMemory, 'buffer' | 'recycle'> = FREE_MEMORY,
): AnswerScanner {
  const store = createByteStore();
  const runs: Base64Run[] = [];
  const tracker = createRunTracker(LIMITS, (run) => runs.push(run));
  let expected = 0;
  const tokenize = createTokenizer(tracker, store, (lettersBefore) => {
    // All for the first, which is most of the response.
    const letters = Math.max(0, expected - store.length);
    expected = 0;
    return createLetterDecoder({ lettersBefore, expected: letters, memory });
  });

  return {
    expect(bytes) {
      expected = bytes;
    },
    push: tokenize,
    toCome: () => store.rawLength,
    finish() {
      tracker.other(true);
      return liftRuns(store, runs, random);
    },
    original: () => Buffer.concat([...store.pieces(0, store.length)]),
  };
}

function liftRuns(store: ByteStore, runs: readonly Base64Run[], random: () => number): LiftedAnswer {
  if (runs.length === 0) {
    const text = textInPieces(() => textPieces(store, 0, store.length));
    return { text, marks: { prefix: randomMarkPrefix(random, () => false), lifted: [] } };
  }
  const texts = [...textsBetween(store, runs)];
  const prefix = randomMarkPrefix(random, (nonce) => texts.some((text) => text.includes(nonce)));
  const text = texts
    .map((each, index) => (index === 0 ? each : writeMark(prefix, index - 1) + each))
    .join('');
  return { text: answerText(text), marks: { prefix, lifted: runs.map((run) => liftedFrom(store, run)) } };
}

function* textsBetween(store: ByteStore, runs: readonly Base64Run[]): Generator<string> {
  let from = 0;
  for (const run of runs) {
    yield [...textPieces(store, from, run.from)].join('');
    from = run.to;
  }
  yield [...textPieces(store, from, store.length)].join('');
}

/** In pieces, so that no copy of all bytes is needed. */
function* textPieces(store: ByteStore, from: number, to: number): Generator<string> {
  const decoder = new StringDecoder('utf8');
  for (const piece of store.pieces(from, to)) yield decoder.write(piece);
  yield decoder.end();
}

function liftedFrom(store: ByteStore, run: Base64Run): LiftedBase64 {
  const pieces = (): Iterable<Buffer> => store.pieces(run.from, run.to);
  const lifted = {
    letters: run.letters,
    padded: run.padded,
    chunks: () => (run.unbroken ? pieces() : cleanBase64(pieces())),
  };
  const found = run.unbroken ? store.decodedWithin(run.from, run.to) : undefined;
  if (found === undefined) return lifted;
  const { decoder, start } = found;
  let decoded: Buffer | undefined;
  return {
    ...lifted,
    decoded() {
      decoded ??= decoder.whole(
        Buffer.concat([...store.pieces(run.from, start)]),
        Buffer.concat([...store.pieces(start + decoder.length, run.to)]),
      );
      return decoded;
    },
  };
}
