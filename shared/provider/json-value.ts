import { isJsonObject, type JsonObject } from '../domain/json-object.ts';

export function asObject(value: unknown): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined;
}

export function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Scalars as text; undefined for values with parts: a server may send `{"toString":[]}`. */
export function asScalar(value: unknown): string | undefined {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : asText(value);
}

export function fieldAt(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => asObject(inner)?.[name], value);
}

/** The choices of a document, OpenAI's or Google's. */
export function choicesOf(document: unknown): readonly unknown[] {
  const object = asObject(document);
  return [...asArray(object?.choices), ...asArray(object?.candidates)];
}
