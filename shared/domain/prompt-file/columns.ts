import { IMAGE_SETTINGS, SETTING_NAMES, type SettingColumn } from '../item/image-settings.ts';

const OWN_COLUMNS = ['prompt', 'id', 'name', 'variants', 'references', 'tags'] as const;
export type KnownColumn = (typeof OWN_COLUMNS)[number] | SettingColumn;

/** Columns with a meaning of their own; any other is free for `{{column}}`. */
export const KNOWN_COLUMNS: readonly KnownColumn[] = [
  ...OWN_COLUMNS,
  ...SETTING_NAMES.map((name) => IMAGE_SETTINGS[name].column),
];

const KNOWN: ReadonlySet<string> = new Set(KNOWN_COLUMNS);

export function isKnownColumn(name: string): name is KnownColumn {
  return KNOWN.has(name);
}

const ASCII = /^[ -~]*$/;

/** Names that need no normalising: most, and every place of a template names one. */
const NORMAL = /^[a-z0-9]+(?:_[a-z0-9]+)*$/;

/** One name for many spellings: ` Aspect-Ratio `, `aspectRatio`, `ASPECT_RATIO` → `aspect_ratio`. Drops invisible characters. */
export function normaliseColumn(name: string): string {
  if (NORMAL.test(name)) return name;
  const seen = ASCII.test(name) ? name : name.normalize('NFKC').replace(/\p{Cf}/gu, '');
  return inWords(seen)
    .toLowerCase()
    .replace(/[\s_-]+/g, '_')
    .replace(/^_|_$/g, '');
}

/** `aspectRatio` as `aspect_Ratio`. */
function inWords(name: string): string {
  if (!/\p{Lu}/u.test(name)) return name;
  return name.replace(/(\p{Ll})(\p{Lu})/gu, '$1_$2').replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1_$2');
}

/** Names or values for a message: quoted, cut, at most a dozen. */
export function quoted(texts: readonly string[]): string {
  const shown = texts.slice(0, 12).map((text) => `"${cut(text)}"`);
  const more = texts.length > shown.length ? `, and ${texts.length - shown.length} more` : '';
  return shown.join(', ') + more;
}

function cut(text: string): string {
  const characters = [...text.replace(/\p{Cc}/gu, ' ')];
  return characters.length > 40 ? `${characters.slice(0, 39).join('')}…` : characters.join('');
}
