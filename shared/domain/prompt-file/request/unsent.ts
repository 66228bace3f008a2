import { nameList } from '../../canonical-name.ts';
import { isJsonObject, type JsonObject } from '../../json-object.ts';
import type { ReadColumn } from '../read-columns.ts';

/** Fields that may alter a response and are never sent: routing, fallback models, tier, filters, detail, names, signatures. */
const UNSENT = new Set(
  nameList(`
    provider, route, models, transforms, service_tier, safety_settings, safetySettings, detail, name,
    thoughtSignature, mediaResolution`),
);
/** The caller's own: not searched. */
const OWN: ReadonlySet<string> = new Set(['metadata', 'labels', 'litellm_metadata', 'user', ...UNSENT]);

export function unsentFields(request: JsonObject): ReadColumn[] {
  const names = new Set<string>();
  walk(request, names);
  return [...names].map((name) => ({ name, column: name, kind: 'unsent' }));
}

function walk(value: unknown, names: Set<string>): void {
  if (Array.isArray(value)) for (const each of value) walk(each, names);
  if (!isJsonObject(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    if (UNSENT.has(key) && inner !== null && inner !== undefined) names.add(key);
    else if (!OWN.has(key)) walk(inner, names);
  }
}
