/** A file name's parts, without the extension. */
interface StemFacts {
  readonly row: number;
  readonly variant: number;
  readonly variants: number;
  readonly prompt: string;
  /** The `name` column. */
  readonly name?: string;
}

const MAX_STEM_BYTES = 100;
/** Room for `-v1000000`, so that variants don't cut shared names. */
const MAX_VARIANT_BYTES = 9;
const MAX_SLUG_CHARACTERS = 40;

const IMAGE_EXTENSION = /\.(?:png|jpe?g|webp|gif|avif|tiff?|bmp)$/i;
const EMOJI =
  /\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|\u{20e3}|\u{fe0e}|\u{fe0f}/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are ASCII, too.
const ASCII = /^[\x00-\x7f]*$/;
const RESERVED_ON_WINDOWS = /^(?:con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³])$/i;
// Default names: no given name may look like one.
const LIKE_VARIANT = /-(v\d+)$/i;
const LIKE_DEFAULT = /^\d{4,}(?:-|$)/;

/** A safe file name without extension: the `name` column, else `0012-slug-of-the-prompt`; ≤ 100 bytes; `-v<variant>` if several. */
export function fileStem(facts: StemFacts): string {
  const custom = facts.name === undefined ? '' : customStem(facts.name);
  const base = custom === '' ? defaultStem(facts.row, facts.prompt) : custom;
  return facts.variants > 1 ? `${base}-v${facts.variant}` : base;
}

/** Equal for names that some file system confuses: case, Unicode form. */
export function caseFoldedName(stem: string): string {
  return stem.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
}

/** Only letters, digits, `-` and `_`; may be empty. */
export function safeName(text: string, maxBytes: number): string {
  // Most prompts are plain: a fifth of the time.
  if (ASCII.test(text)) {
    const plain = text.replace(/[^a-z0-9_]+/gi, '-').replace(/^-/, '');
    return plain.slice(0, maxBytes).replace(/-+$/, '');
  }
  const cleaned = text
    .toWellFormed()
    .normalize('NFC')
    .replace(EMOJI, '')
    .replace(/\p{Cf}/gu, '')
    .replace(/[^\p{L}\p{M}\p{N}_]+/gu, '-')
    .replace(/^[-\p{M}]+/u, '');
  return cutToBytes(cleaned, maxBytes).replace(/-+$/, '');
}

function customStem(name: string): string {
  const stem = safeName(name.trim().replace(IMAGE_EXTENSION, ''), MAX_STEM_BYTES - MAX_VARIANT_BYTES - 2);
  const apart = stem.replace(LIKE_VARIANT, '_$1');
  return RESERVED_ON_WINDOWS.test(apart) || LIKE_DEFAULT.test(apart) ? `n-${apart}` : apart;
}

function defaultStem(row: number, prompt: string): string {
  const number = String(row).padStart(4, '0');
  const bytesLeft = MAX_STEM_BYTES - MAX_VARIANT_BYTES - number.length - 1;
  const slug = cutToWords(safeName(prompt.slice(0, 1_000).toLowerCase(), bytesLeft));
  return slug === '' ? number : `${number}-${slug}`;
}

function cutToWords(slug: string): string {
  if (slug.length <= MAX_SLUG_CHARACTERS) return slug;
  const characters = ASCII.test(slug) ? slug : [...slug];
  if (characters.length <= MAX_SLUG_CHARACTERS) return slug;
  const firstOf = (count: number) =>
    Array.isArray(characters) ? characters.slice(0, count).join('') : slug.slice(0, count);
  const cut = firstOf(MAX_SLUG_CHARACTERS + 1);
  const atWord = cut.lastIndexOf('-');
  return atWord > MAX_SLUG_CHARACTERS / 2 ? cut.slice(0, atWord) : firstOf(MAX_SLUG_CHARACTERS);
}

function cutToBytes(text: string, maxBytes: number): string {
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > maxBytes) break;
    end += character.length;
  }
  return text.slice(0, end);
}
