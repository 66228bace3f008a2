import { isJsonObject, type JsonObject } from '../../json-object.ts';
import { normaliseColumn } from '../columns.ts';

/** What is asked for is never skipped. */
const ASKED: ReadonlySet<string> = new Set(['model', 'prompt', 'messages', 'contents']);

/** A request without the settings to skip, wherever they are in it. */
export function withoutIgnored(request: JsonObject, ignored: ReadonlySet<string>): JsonObject {
  if (ignored.size === 0) return request;
  const kept = Object.entries(request).filter(
    ([key]) => ASKED.has(key) || !ignored.has(normaliseColumn(key)),
  );
  return Object.fromEntries(
    kept.map(([key, value]) => [
      key,
      isJsonObject(value) && !ASKED.has(key) ? withoutIgnored(value, ignored) : value,
    ]),
  );
}
