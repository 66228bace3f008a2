import { canonicalMember, nameList, separatorlessName } from '../../domain/canonical-name.ts';
import type { JsonObject } from '../../domain/json-object.ts';
import { isWaitField, type WaitField } from '../http/retry-after.ts';
import { asArray, asObject } from '../json-value.ts';
import { embeddedJson } from './embedded-json.ts';
import { canonicalFields } from './error-fields.ts';
import { grpcStatus } from './grpc-status.ts';

export interface ErrorFacts {
  /** The innermost code in the body, nearest to the cause. */
  readonly code: number | undefined;
  /** Symbolic names without case and separators: `resourceexhausted`, `modelnotfound`. */
  readonly names: ReadonlySet<string>;
  readonly message: string;
  /** Typed details of Google's error model, such as `RetryInfo`. */
  readonly details: readonly JsonObject[];
  /** Fields that may name a wait, also from headers that a gateway passed on in the body. */
  readonly waits: readonly WaitField[];
  /** A content filter applied (Azure's `content_filter_result`). */
  readonly filtered: boolean;
}

interface Collected {
  readonly status: number;
  readonly codes: number[];
  readonly names: Set<string>;
  readonly messages: string[];
  readonly details: JsonObject[];
  readonly waits: WaitField[];
  filtered: boolean;
}

const NAME_FIELDS = ['status', 'code', 'type', 'reason', 'name', 'error_code', 'errorcode', 'error_type'];
const CODE_FIELDS = ['code', 'status', 'status_code', 'http_code', 'http_status', 'error_code'];
/** From `fault` on, objects that hold the error: Apigee's and WSO2's, MiniMax's, Tencent's, GraphQL's, Cloudflare's. */
const MESSAGE_FIELDS = nameList(`
  title, message, msg, detail, error, description, error_description, error_message, error_msg, status_msg,
  faultstring, fault, base_resp, response, extensions, error_chain, innererror, inner_error`);
const DEEPEST_JSON = 3;
const DEEPEST_OBJECT = 16;
const LONGEST_MESSAGE = 8_000;

/** All that error documents say (contract §5), JSON inside messages too. `status` is the response's; `headers` name an error. */
export function readError(
  documents: readonly unknown[],
  status: number,
  headers: Readonly<Record<string, unknown>> = {},
): ErrorFacts {
  const into: Collected = {
    status,
    codes: [],
    names: new Set(),
    messages: [],
    details: [],
    waits: [],
    filtered: false,
  };
  for (const name of ERROR_HEADERS) collectName(headers[name], into);
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

/** AWS and Azure name the error here. */
const ERROR_HEADERS = ['x-amzn-errortype', 'x-ms-error-code'];

function collect(value: unknown, into: Collected, jsonDepth: number, depth: number): void {
  if (depth > DEEPEST_OBJECT) return;
  if (typeof value === 'string') collectText(value, into, jsonDepth, depth);
  for (const each of asArray(value)) collect(each, into, jsonDepth, depth + 1);
  const object = asObject(value);
  if (object === undefined) return;
  const fields = canonicalFields(object);
  for (const name of CODE_FIELDS) collectCode(fields[name], into);
  for (const name of NAME_FIELDS) collectName(fields[name], into);
  for (const detail of asArray(fields.details)) collectDetail(detail, into);
  collectGrpc(fields, into);
  collectWaits(object, into);
  into.filtered ||= saysFiltered(fields);
  for (const name of MESSAGE_FIELDS) collect(fields[name], into, jsonDepth, depth + 1);
  collect(
    asObject(fields.errors) ? Object.values(Object(fields.errors)) : fields.errors,
    into,
    jsonDepth,
    depth + 1,
  );
  collect(asObject(fields.metadata)?.raw, into, jsonDepth, depth + 1);
}

function collectText(text: string, into: Collected, jsonDepth: number, depth: number): void {
  const embedded = jsonDepth < DEEPEST_JSON ? embeddedJson(text) : undefined;
  const words = embedded?.before ?? text;
  // OpenAI's and LiteLLM's libraries write it so.
  const [, code] = /\b(?:error|status) code:? (\d{3})\b/i.exec(words) ?? [];
  if (code !== undefined) collectCode(code, into);
  collectName(words.trim(), into);
  if (words !== '') into.messages.push(words);
  if (embedded !== undefined) collect(embedded.value, into, jsonDepth + 1, depth + 1);
}

function collectCode(value: unknown, into: Collected): void {
  const code = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  if (typeof code === 'number' && code >= 400 && code < 600) into.codes.push(code);
}

/** `Throttling.RateQuota`, `com.amazon.coral.service#ThrottlingException`: each part counts. */
function collectName(value: unknown, into: Collected): void {
  if (typeof value !== 'string' || !/^[A-Za-z][\w.:#/-]{2,200}$/.test(value)) return;
  into.names.add(separatorlessName(canonicalMember(value)));
  for (const part of value.split(/[.:#/]+/)) if (part.length > 2) into.names.add(separatorlessName(part));
}

/** google.rpc.Code counts unless the status is a 4xx, which says more than a gateway's own number. */
function collectGrpc(fields: JsonObject, into: Collected): void {
  const isStatus = typeof (fields.message ?? fields.error) === 'string';
  const isTold = Array.isArray(fields.details) || into.status < 400 || into.status >= 500;
  const status = grpcStatus(fields.grpc_code ?? fields.grpc_status ?? (isStatus ? fields.code : undefined));
  if (status === undefined || !isTold) return;
  into.codes.push(status.httpStatus);
  collectName(status.name, into);
}

const MOST_WAITS = 50;

function collectWaits(object: JsonObject, into: Collected): void {
  const metadata = asObject(object.metadata);
  const { headers, parameters, details, data } = object;
  const holders = [object, metadata, headers, metadata?.headers, parameters, details, data].map(asObject);
  for (const holder of holders) {
    for (const field of Object.entries(holder ?? {})) {
      if (into.waits.length < MOST_WAITS && isWaitField(field[0])) into.waits.push(field);
    }
  }
}

/** `content_filter_result` has categories with `filtered`. */
function saysFiltered(fields: JsonObject): boolean {
  const result = asObject(fields.content_filter_result ?? fields.content_filter_results);
  return Object.values(result ?? {}).some((category) => {
    const said = asObject(category);
    return said !== undefined && canonicalFields(said).filtered === true;
  });
}

function collectDetail(detail: unknown, into: Collected): void {
  const object = asObject(detail);
  if (object === undefined) return;
  into.details.push(object);
  collectName(object.reason, into);
  collectWaits(object, into);
}
