import { quoted } from '../columns.ts';
import { type Rejection, type RowFields, rejected } from '../format.ts';
import { fillTemplate } from '../template/template.ts';

export type Tags = Readonly<Record<string, string>>;
export type TagsResult = { readonly kind: 'tags'; readonly tags: Tags } | Rejection;

const MAX_TAGS = 20;
const MAX_VALUE_BYTES = 200;
// Begins with a letter or digit, so that no tag is named like an object's own part (`__proto__`).
const KEY = /^[\p{L}\p{N}][\p{L}\p{N} _.:/-]{0,59}$/u;

/** Reads `key=value;…`, trimmed. Values may hold `{{column}}`, filled in later. */
export function parseTags(cell: string): TagsResult {
  const tags = new Map<string, string>();
  for (const pair of cell.split(';')) {
    if (pair.trim() === '') continue;
    const [key, value] = splitPair(pair);
    if (value === undefined)
      return rejected(`${quoted([pair.trim()])} is no tag: write key=value;key=value`, 'tags');
    if (!KEY.test(key)) return rejected(`${quoted([key])} cannot be the name of a tag`, 'tags');
    if (tags.has(key)) return rejected(`tag ${quoted([key])} stands there twice`, 'tags');
    tags.set(key, value);
  }
  if (tags.size > MAX_TAGS) return rejected(`${tags.size} tags, at most ${MAX_TAGS} are taken`, 'tags');
  return { kind: 'tags', tags: Object.fromEntries(tags) };
}

/** Fills the row's cells into tag values: they can't add a tag, and a value is one line. */
export function fillTags(tags: Tags, fields: RowFields): TagsResult {
  const filled: [string, string][] = [];
  for (const [key, template] of Object.entries(tags)) {
    const value = fillTemplate(template, fields, 'tags');
    if (value.kind === 'rejected') return value;
    const text = value.text.replace(/\s+/g, ' ').trim();
    if (Buffer.byteLength(text) > MAX_VALUE_BYTES) {
      return rejected(`the value of tag ${quoted([key])} is over ${MAX_VALUE_BYTES} bytes`, 'tags');
    }
    filled.push([key, text]);
  }
  return { kind: 'tags', tags: Object.fromEntries(filled) };
}

/** The same tags as a cell; undefined if a key or value holds a separator. */
export function formatTags(tags: Tags): string | undefined {
  const pairs = Object.entries(tags);
  if (pairs.some(([key, value]) => /[;=]/.test(key) || value.includes(';'))) return undefined;
  return pairs.map(([key, value]) => `${key}=${value}`).join(';');
}

function splitPair(pair: string): readonly [key: string, value: string | undefined] {
  const at = pair.indexOf('=');
  return at < 0 ? [pair.trim(), undefined] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
}
