import { canonicalMember, nameKey } from '../../domain/canonical-name.ts';
import { isWaitField, type WaitField } from '../http/retry-after.ts';
import { asArray, asObject, asText, type JsonObject, tryParseJson } from '../json-value.ts';

/** What an error says of itself, whatever its shape. */
export interface ErrorFacts {
  /** The innermost code in the body, which is nearest to the cause; undefined where there is none. */
  readonly code: number | undefined;
  /** Symbolic names without case and separators: `resourceexhausted`, `modelnotfound`. */
  readonly names: ReadonlySet<string>;
  readonly message: string;
  /** The typed details of Google's error model, such as `RetryInfo` and `QuotaFailure`. */
  readonly details: readonly JsonObject[];
  /** Fields that may say how long to wait, of headers that a gateway passed on in the body too. */
  readonly waits: readonly WaitField[];
  /** A content filter says what it filtered (Azure's `content_filter_result`). */
  readonly filtered: boolean;
}

interface Collected {
  readonly codes: number[];
  readonly names: Set<string>;
  readonly messages: string[];
  readonly details: JsonObject[];
  readonly waits: WaitField[];
  filtered: boolean;
}

const NAME_FIELDS = ['status', 'code', 'type', 'reason', 'error_code', 'errorCode', 'error_type'];
const CODE_FIELDS = ['code', 'status', 'status_code', 'statusCode'];
const MESSAGE_FIELDS = [
  'message',
  'msg',
  'detail',
  'error',
  'description',
  'error_description',
  'error_message',
];
const DEEPEST_JSON = 3;
const DEEPEST_OBJECT = 16;
const LONGEST_MESSAGE = 8_000;
const LONGEST_EMBEDDED = 100_000;

/** The error of an answer with status 200: in the body, in an event or in a choice; undefined where it has none. */
export function readErrorInAnswer(documents: readonly unknown[]): ErrorFacts | undefined {
  const errors = documents.flatMap((document) => {
    const object = asObject(document);
    const inChoices = [...asArray(object?.choices), ...asArray(object?.candidates)].map(
      (each) => asObject(each)?.error,
    );
    return [isError(object) ? object : undefined, ...inChoices.filter(saysSomething)];
  });
  const found = errors.filter((each) => each !== undefined);
  return found.length === 0 ? undefined : readError(found);
}

/** Everything that error documents say (provider-contract §5): codes, names, words; JSON inside messages too. */
export function readError(documents: readonly unknown[]): ErrorFacts {
  const into: Collected = {
    codes: [],
    names: new Set(),
    messages: [],
    details: [],
    waits: [],
    filtered: false,
  };
  for (const document of documents) collect(document, into, 0, 0);
  return {
    code: into.codes.at(-1),
    names: into.names,
    message: [...new Set(into.messages)].join(' ').slice(0, LONGEST_MESSAGE),
    details: into.details,
    waits: into.waits,
    filtered: into.filtered,
  };
}

function isError(object: JsonObject | undefined): boolean {
  if (object === undefined) return false;
  if (saysSomething(object.error) || object.success === false || object.type === 'error') return true;
  if ('choices' in object || 'candidates' in object || Array.isArray(object.data)) return false;
  const code = Number(object.code ?? object.status_code ?? object.statusCode);
  return code >= 400 && code < 600 ? true : saysSomething(object.detail) || saysSomething(object.errors);
}

function saysSomething(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  const object = asObject(value);
  return object === undefined ? asText(value) !== undefined : Object.keys(object).length > 0;
}

function collect(value: unknown, into: Collected, jsonDepth: number, depth: number): void {
  if (depth > DEEPEST_OBJECT) return;
  if (typeof value === 'string') collectText(value, into, jsonDepth, depth);
  for (const each of asArray(value)) collect(each, into, jsonDepth, depth + 1);
  const object = asObject(value);
  if (object === undefined) return;
  for (const name of CODE_FIELDS) collectCode(object[name], into);
  for (const name of NAME_FIELDS) collectName(object[name], into);
  for (const detail of asArray(object.details)) collectDetail(detail, into);
  collectGrpcName(object, into);
  collectWaits(object, into);
  into.filtered ||= saysFiltered(object);
  for (const name of MESSAGE_FIELDS) collect(object[name], into, jsonDepth, depth + 1);
  collect(object.errors, into, jsonDepth, depth + 1);
  collect(object.innererror ?? object.inner_error, into, jsonDepth, depth + 1);
  collect(asObject(object.metadata)?.raw, into, jsonDepth, depth + 1);
}

function collectText(text: string, into: Collected, jsonDepth: number, depth: number): void {
  const embedded = jsonDepth < DEEPEST_JSON ? embeddedJson(text) : undefined;
  if (embedded === undefined) {
    if (text !== '') into.messages.push(text);
    return;
  }
  if (embedded.before !== '') into.messages.push(embedded.before);
  collect(embedded.value, into, jsonDepth + 1, depth + 1);
}

/** JSON that begins somewhere in a message and ends with its last bracket. */
function embeddedJson(text: string): { before: string; value: unknown } | undefined {
  const from = text.slice(0, LONGEST_EMBEDDED).search(/[{[]/);
  const to = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']'));
  if (from === -1 || to <= from || to - from > LONGEST_EMBEDDED) return undefined;
  const value = tryParseJson(text.slice(from, to + 1));
  return typeof value === 'object' && value !== null
    ? { before: text.slice(0, from).trim(), value }
    : undefined;
}

function collectCode(value: unknown, into: Collected): void {
  const code = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  if (typeof code === 'number' && code >= 400 && code < 600) into.codes.push(code);
}

function collectName(value: unknown, into: Collected): void {
  if (typeof value !== 'string' || !/^[A-Za-z][\w.:-]{2,80}$/.test(value)) return;
  into.names.add(nameKey(canonicalMember(value)));
}

/** google.rpc.Code by number, as grpc-gateway writes it: https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto */
const GRPC_NAMES = new Map([
  [3, 'INVALID_ARGUMENT'],
  [4, 'DEADLINE_EXCEEDED'],
  [5, 'NOT_FOUND'],
  [7, 'PERMISSION_DENIED'],
  [8, 'RESOURCE_EXHAUSTED'],
  [9, 'FAILED_PRECONDITION'],
  [13, 'INTERNAL'],
  [14, 'UNAVAILABLE'],
  [16, 'UNAUTHENTICATED'],
]);

function collectGrpcName({ code, message, details }: JsonObject, into: Collected): void {
  const isStatus = typeof code === 'number' && typeof message === 'string' && Array.isArray(details);
  if (isStatus) collectName(GRPC_NAMES.get(code), into);
}

const MOST_WAITS = 50;

function collectWaits(object: JsonObject, into: Collected): void {
  const metadata = asObject(object.metadata);
  for (const holder of [object, metadata, asObject(object.headers), asObject(metadata?.headers)]) {
    for (const field of Object.entries(holder ?? {})) {
      if (into.waits.length < MOST_WAITS && isWaitField(field[0])) into.waits.push(field);
    }
  }
}

/** `content_filter_result` names each category with `filtered`; one that is true is why. */
function saysFiltered(object: JsonObject): boolean {
  const result = asObject(object.content_filter_result ?? object.content_filter_results);
  return Object.values(result ?? {}).some((category) => asObject(category)?.filtered === true);
}

function collectDetail(detail: unknown, into: Collected): void {
  const object = asObject(detail);
  if (object === undefined) return;
  into.details.push(object);
  collectName(object.reason, into);
  collectWaits(object, into);
}
