import { asArray, asObject, tryParseJson } from '../json-value.ts';
import { readEventStream } from './event-stream.ts';

/** An answer's text as documents: one for an ordinary body, one an event for a stream, taken out of their wrappings. */
export type ParsedAnswer =
  | { readonly kind: 'documents'; readonly documents: readonly unknown[]; readonly finished: boolean }
  | { readonly kind: 'empty' }
  | { readonly kind: 'html' }
  | { readonly kind: 'invalid' };

const WRAPPERS = ['response', 'result', 'body', 'data'];
const OWN_FIELDS = ['choices', 'candidates', 'error', 'usage', 'usageMetadata'];
const DEEPEST_WRAPPING = 5;

/** Tells JSON, server-sent events and HTML apart by the content, never by the header (provider-contract §2 V7, V10). */
export function parseAnswer(answerText: string): ParsedAnswer {
  const text = answerText.replace(/^\uFEFF/, '').trim();
  if (text === '') return { kind: 'empty' };
  if (text.startsWith('<')) return { kind: 'html' };
  const whole = tryParseJson(text);
  if (whole !== undefined) return { kind: 'documents', documents: unwrap(whole, 0), finished: true };
  const stream = readEventStream(text);
  if (stream.documents.length === 0 && !stream.done) return { kind: 'invalid' };
  const documents = stream.documents.flatMap((each) => unwrap(each, 0));
  return { kind: 'documents', documents, finished: stream.done || documents.some(saysFinished) };
}

/** An array is a list of documents; `{data:{…}}`, `{result}`, `{response}` and `{body}` are opened (V10). */
function unwrap(value: unknown, depth: number): readonly unknown[] {
  if (depth > DEEPEST_WRAPPING) return [value];
  if (Array.isArray(value)) return value.flatMap((each) => unwrap(each, depth + 1));
  const object = asObject(value);
  if (object === undefined || OWN_FIELDS.some((field) => field in object && object[field] !== null)) {
    return [value];
  }
  const inner = WRAPPERS.map((name) => opened(name, object[name])).find((each) => each !== undefined);
  return inner === undefined ? [value] : unwrap(inner, depth + 1);
}

/** A body may be JSON once more, as a string. An array under `data` is a list of images (V5), not a wrapping. */
function opened(name: string, value: unknown): unknown {
  if (typeof value === 'string') return value.trimStart().startsWith('{') ? tryParseJson(value) : undefined;
  if (Array.isArray(value) && name === 'data') return undefined;
  return typeof value === 'object' && value !== null ? value : undefined;
}

function saysFinished(document: unknown): boolean {
  const parts = [...asArray(asObject(document)?.choices), ...asArray(asObject(document)?.candidates)];
  return parts.some((part) => Boolean(asObject(part)?.finish_reason ?? asObject(part)?.finishReason));
}
