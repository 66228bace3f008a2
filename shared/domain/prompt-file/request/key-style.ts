import { isJsonObject, type JsonObject } from '../../json-object.ts';

/** Keys in one style at every depth; undefined if an object has a key in both styles. */
export function snakeKeys(object: JsonObject): JsonObject | undefined {
  return withKeys(object, (key) =>
    key.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  );
}

export function camelKeys(object: JsonObject): JsonObject | undefined {
  return withKeys(object, (key) =>
    key.replace(/(?<=[A-Za-z0-9])_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
  );
}

function withKeys(object: JsonObject, styled: (key: string) => string): JsonObject | undefined {
  const entries: [string, unknown][] = [];
  for (const [key, value] of Object.entries(object)) {
    const changed = inside(value, styled);
    if (changed === undefined || entries.some(([name]) => name === styled(key))) return undefined;
    entries.push([styled(key), changed.value]);
  }
  return Object.fromEntries(entries);
}

function inside(value: unknown, styled: (key: string) => string): { value: unknown } | undefined {
  if (Array.isArray(value)) {
    const all = value.map((each) => inside(each, styled));
    return all.includes(undefined) ? undefined : { value: all.map((each) => each?.value) };
  }
  if (!isJsonObject(value)) return { value };
  const object = withKeys(value, styled);
  return object === undefined ? undefined : { value: object };
}
