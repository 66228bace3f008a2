/** Columns with a meaning of their own; any other is free for `{{column}}`. */
export const KNOWN_COLUMNS = [
  'prompt',
  'id',
  'name',
  'model',
  'aspect_ratio',
  'image_size',
  'temperature',
  'top_p',
  'max_tokens',
  'system',
  'variants',
  'references',
  'tags',
] as const;
export type KnownColumn = (typeof KNOWN_COLUMNS)[number];

const KNOWN: ReadonlySet<string> = new Set(KNOWN_COLUMNS);

export function isKnownColumn(name: string): name is KnownColumn {
  return KNOWN.has(name);
}

/** One name for what people write in many ways: ` Aspect-Ratio `, `aspect ratio` and `ASPECT_RATIO` are `aspect_ratio`. */
export function normaliseColumn(name: string): string {
  return name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[\s_-]+/g, '_')
    .replace(/^_|_$/g, '');
}

/** Column names for a message: quoted, cut, at most a dozen. */
export function listColumns(columns: readonly string[]): string {
  const shown = columns.slice(0, 12).map((name) => `"${cut(name)}"`);
  const more = columns.length > shown.length ? `, and ${columns.length - shown.length} more` : '';
  return shown.join(', ') + more;
}

function cut(name: string): string {
  const characters = [...name.replace(/\p{Cc}/gu, ' ')];
  return characters.length > 40 ? `${characters.slice(0, 39).join('')}…` : characters.join('');
}
