import type { JsonObject } from '../../domain/json-object.ts';
import { asObject, asScalar, asText, choicesOf } from '../json-value.ts';
import { canonicalFields } from './error-fields.ts';
import { type ErrorFacts, readError } from './error-reader.ts';

/** The error in a response with status 200: in body, event or choice. */
export function readErrorInAnswer(documents: readonly unknown[]): ErrorFacts | undefined {
  const errors = documents.flatMap((document) => {
    const object = asObject(document);
    const inChoices = choicesOf(object).map((each) => asObject(each)?.error);
    return [isError(object) ? object : undefined, ...inChoices.filter(saysSomething)];
  });
  const found = errors.filter((each) => each !== undefined);
  return found.length === 0 ? undefined : readError(found, 200);
}

const CONTENT = ['choices', 'candidates', 'output', 'images', 'predictions', 'content'];
const FAILED = /^(?:error|fail|failed|failure|rejected)$/i;
const WELL = /^(?:0|200|20000|ok|success|succeeded|normal)$/i;

/** Whether a document is an error, whatever its status. */
export function isError(object: JsonObject | undefined): boolean {
  if (object === undefined) return false;
  const fields = canonicalFields(object);
  const { success, ok, type } = fields;
  if (saysSomething(fields.error) || type === 'error') return true;
  if ([success, ok].some((each) => each === false || asScalar(each)?.toLowerCase() === 'false')) return true;
  const inner = asObject(fields.base_resp) ?? asObject(fields.response);
  if (inner !== undefined && isError(inner)) return true;
  if (CONTENT.some((name) => saysSomething(fields[name])) || Array.isArray(fields.data)) return false;
  if (saysSomething(fields.detail) || saysSomething(fields.errors) || saysSomething(fields.error_message))
    return true;
  return namesFailure(fields);
}

/** An unsuccessful code beside a message, or a failed state. */
function namesFailure(fields: JsonObject): boolean {
  const codes = [fields.code, fields.error_code, fields.status_code]
    .map(asScalar)
    .filter((each) => each !== undefined);
  if (codes.some((each) => Number(each) >= 400 && Number(each) < 600)) return true;
  const message = [fields.message, fields.msg, fields.error_msg, fields.status_msg]
    .map(asText)
    .find((each) => each !== undefined);
  if (message === undefined) return false;
  if (codes.some((each) => !WELL.test(each)) && !WELL.test(message.trim())) return true;
  return [fields.status, fields.state].some((each) => FAILED.test(asScalar(each) ?? ''));
}

function saysSomething(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  const object = asObject(value);
  return object === undefined ? asText(value) !== undefined : Object.keys(object).length > 0;
}
