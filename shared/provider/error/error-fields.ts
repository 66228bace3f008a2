import { canonicalName } from '../../domain/canonical-name.ts';
import type { JsonObject } from '../../domain/json-object.ts';

/** Fields under canonical names: `errorCode` → `error_code`, `__type` → `type`. The first of a name counts. */
export function canonicalFields(object: JsonObject): JsonObject {
  const fields = new Map<string, unknown>();
  for (const [name, value] of Object.entries(object)) {
    const key = canonicalName(name.slice(0, 100));
    if (!fields.has(key)) fields.set(key, value);
  }
  return Object.fromEntries(fields);
}
