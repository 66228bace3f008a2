import { cleanBase64, type LiftedBase64 } from './base64.ts';
import { BASE64, CLOSING, classOf, PADDING, SPACE } from './base64-alphabet.ts';
import { type Base64Run, createRunTracker, type RunLimits, type RunTracker } from './base64-run.ts';
import { type Marks, readMark } from './marks.ts';

export interface TextRun {
  readonly from: number;
  readonly to: number;
  readonly base64: LiftedBase64;
}

/** The smallest WebP has 26 bytes: 35 letters. */
const LIMITS: RunLimits = { firstStretch: 32, letters: 32 };
const MARK_BEGINS = 0x7e;
/** Most texts have neither a first stretch nor a mark. */
const MAY_HAVE_RUNS = /[\w+/-]{32}|~/;
const SLICE = 64 * 1024;

/** The base64 in a text: marks, or letters that are short or came in pieces (events split runs at any place). */
export function findRuns(text: string, marks: Marks): TextRun[] {
  if (!MAY_HAVE_RUNS.test(text)) return [];
  const runs: Base64Run[] = [];
  const tracker = createRunTracker(LIMITS, (run) => runs.push(run));
  let at = 0;
  while (at < text.length) at = takeToken(text, at, marks, tracker);
  tracker.other(true);
  return runs.map((run) => ({ from: run.from, to: run.to, base64: base64Of(text, run, marks) }));
}

function takeToken(text: string, at: number, marks: Marks, tracker: RunTracker): number {
  const code = text.charCodeAt(at);
  const mark = code === MARK_BEGINS ? readMark(text, at, marks) : undefined;
  if (mark !== undefined) {
    tracker.stretch(at, mark.to, mark.lifted.letters, false);
    if (mark.lifted.padded) tracker.padding(mark.to);
    return mark.to;
  }
  const kind = classOf(code);
  if (kind === BASE64) {
    const end = endOfLetters(text, at);
    tracker.stretch(at, end, end - at, false);
    return end;
  }
  if (kind === PADDING) tracker.padding(at + 1);
  else if (kind === SPACE) tracker.space();
  else tracker.other(kind === CLOSING);
  return at + 1;
}

function endOfLetters(text: string, from: number): number {
  let end = from;
  while (end < text.length && classOf(text.charCodeAt(end)) === BASE64) end += 1;
  return end;
}

function base64Of(text: string, run: Base64Run, marks: Marks): LiftedBase64 {
  const mark = readMark(text, run.from, marks);
  // In one piece, as lifted.
  if (mark !== undefined && mark.lifted.letters === run.letters) return mark.lifted;
  return { letters: run.letters, padded: run.padded, chunks: () => lettersBetween(text, run, marks) };
}

function* lettersBetween(text: string, run: Base64Run, marks: Marks): Generator<Buffer> {
  let at = run.from;
  while (at < run.to) {
    const mark = readMark(text, at, marks);
    if (mark !== undefined) {
      yield* mark.lifted.chunks();
      at = mark.to;
      continue;
    }
    // Searches this slice only: to the text's end would be quadratic.
    const slice = text.slice(at, Math.min(run.to, at + SLICE));
    const markAt = slice.indexOf('~', 1);
    const letters = markAt === -1 ? slice : slice.slice(0, markAt);
    yield* cleanBase64([Buffer.from(letters, 'latin1')]);
    at += letters.length;
  }
}
