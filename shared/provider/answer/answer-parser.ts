import { tryParseJson } from '../../domain/json-object.ts';
import { isError } from '../error/error-in-answer.ts';
import { asObject, choicesOf } from '../json-value.ts';
import { type AnswerText, answerText } from '../scan/answer-text.ts';
import { readEventStream } from './event-stream.ts';

/** A response's text as documents: one for an ordinary body, one an event for a stream, unwrapped. */
export type ParsedAnswer =
  | { readonly kind: 'documents'; readonly documents: readonly unknown[]; readonly finished: boolean }
  | { readonly kind: 'empty' }
  | { readonly kind: 'html' }
  | { readonly kind: 'invalid' };

const WRAPPERS = ['response', 'result', 'body', 'data', 'output', 'payload', 'message'];
const OWN_FIELDS = ['choices', 'candidates', 'error'];
const BESIDE = ['usage', 'usageMetadata', 'usage_metadata', 'stopReason', 'stop_reason', 'finish_reason'];
const DEEPEST_WRAPPING = 5;
const LONGEST_BEGINNING = 100;

/** Distinguishes JSON, server-sent events and HTML by content, never by header (contract §2 V7, V10). */
export async function parseAnswer(answer: AnswerText): Promise<ParsedAnswer> {
  if (beginsAsEvents(answer)) return await parseEvents(answer.pieces());
  const text = answer
    .whole()
    .replace(/^\uFEFF/, '')
    .trim();
  if (text === '') return { kind: 'empty' };
  if (text.startsWith('<')) return { kind: 'html' };
  const whole = tryParseJson(text);
  const within = typeof whole === 'string' ? await parseEncoded(whole) : undefined;
  if (within !== undefined) return within;
  if (whole !== undefined) return { kind: 'documents', documents: unwrap(whole, 0), finished: true };
  return await parseEvents([text]);
}

const EVENT_BEGINS = /^\uFEFF?\s*(?:data|event|id|retry)?:/;

function beginsAsEvents(answer: AnswerText): boolean {
  for (const piece of answer.pieces()) return EVENT_BEGINS.test(piece.slice(0, LONGEST_BEGINNING));
  return false;
}

async function parseEvents(pieces: Iterable<string>): Promise<ParsedAnswer> {
  const stream = await readEventStream(withoutStart(pieces));
  if (stream.documents.length === 0 && !stream.done) return { kind: 'invalid' };
  const documents = stream.documents.flatMap((each) => unwrap(each, 0));
  return { kind: 'documents', documents, finished: stream.done || documents.some(saysFinished) };
}

function* withoutStart(pieces: Iterable<string>): Generator<string> {
  let hasBegun = false;
  for (const piece of pieces) {
    const text: string = hasBegun ? piece : piece.replace(/^\uFEFF?\s*/, '');
    hasBegun ||= text !== '';
    yield text;
  }
}

/** A body or stream may be JSON once more, as a string, even of a string. */
async function parseEncoded(text: string): Promise<ParsedAnswer | undefined> {
  const looksEncoded = /^\s*(?:[{["]|data:\s*[{["])/.test(text);
  const parsed = looksEncoded ? await parseAnswer(answerText(text)) : undefined;
  return parsed?.kind === 'documents' ? parsed : undefined;
}

/** An array is a list of documents; `{data:{…}}`, `{result}`, `{response}` and `{body}` are unwrapped (V10). */
function unwrap(value: unknown, depth: number): readonly unknown[] {
  if (depth > DEEPEST_WRAPPING) return [value];
  if (typeof value === 'string') return unwrapText(value, depth);
  if (Array.isArray(value)) return value.flatMap((each) => unwrap(each, depth + 1));
  const object = asObject(value);
  const isOwn = object !== undefined && OWN_FIELDS.some((field) => field in object && object[field] !== null);
  if (object === undefined || isOwn) return [value];
  const inner = WRAPPERS.map((name) => opened(name, object[name])).find((each) => each !== undefined);
  if (inner === undefined || isError(object)) return [value];
  const beside = BESIDE.filter((name) => name in object).map((name) => ({ [name]: object[name] }));
  return [...beside, ...unwrap(inner, depth + 1)];
}

function unwrapText(text: string, depth: number): readonly unknown[] {
  const inner = encodedJson(text);
  return inner === undefined ? [text] : unwrap(inner, depth + 1);
}

/** The response in a wrapper: an array under `data` is a list of images (V5), not a wrapper. */
function opened(name: string, value: unknown): unknown {
  if (typeof value === 'string') return encodedJson(value);
  if (name === 'message' || name === 'output') return asObject(value) && isAnswer(value) ? value : undefined;
  if (Array.isArray(value)) return name === 'data' ? undefined : value.find(isAnswer) && value;
  const object = asObject(value);
  return object === undefined || Object.keys(object).length === 0 ? undefined : object;
}

function isAnswer(value: unknown): boolean {
  const object = asObject(value);
  return object !== undefined && [...OWN_FIELDS, ...WRAPPERS].some((field) => field in object);
}

function encodedJson(text: string): unknown {
  return /^\s*[{[]/.test(text) ? tryParseJson(text) : undefined;
}

function saysFinished(document: unknown): boolean {
  const parts = choicesOf(document);
  return parts.some((part) => Boolean(asObject(part)?.finish_reason ?? asObject(part)?.finishReason));
}
