import { ALIASES, SIZE_COLUMNS, type SizeColumn, UNSUPPORTED } from './column-aliases.ts';
import { KNOWN_COLUMNS, type KnownColumn, normaliseColumn } from './columns.ts';
import { isTypo } from './typo.ts';

/** What a column of a file is, by its name. `column` is what its cells are called from here on. */
export type ColumnMeaning =
  /** One of ours, whatever the file calls it. */
  | { readonly kind: 'ours'; readonly column: KnownColumn | SizeColumn }
  /** A setting of other tools that no model here has. */
  | { readonly kind: 'unsupported'; readonly column: string }
  /** Nearly one of ours. */
  | { readonly kind: 'mistyped'; readonly column: string; readonly meant: string }
  /** The file's own: for templates and the manifest. */
  | { readonly kind: 'own'; readonly column: string };

/** Names as people spell them: `aspectRatio`, `ASPECT RATIO`, `aspect-ratio:` and a Cyrillic `аspect_ratio` are one. */
function compact(name: string): string {
  if (ASCII.test(name)) return name.toLowerCase().replace(/[^a-z0-9]+/g, '');
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[а-яёіјѕԁα-ω]/gu, (letter) => LATIN[FOREIGN.indexOf(letter)] ?? letter)
    .replace(/[^\p{L}\p{N}]+/gu, '');
}

const ASCII = /^[ -~]*$/;

/** Letters of other alphabets that look like one of ours, and which one each is. */
const FOREIGN = 'аеіјкморсѕтухԁαικνορτχ';
const LATIN = 'aeijkmopcstyxdaikvoptx';

const OURS: ReadonlyMap<string, KnownColumn | SizeColumn> = new Map(
  [...KNOWN_COLUMNS, ...SIZE_COLUMNS].flatMap((column) =>
    [column, ...ALIASES[column]].map((name) => [compact(name), column] as const),
  ),
);
const NOT_OURS: ReadonlyMap<string, string> = new Map(UNSUPPORTED.map((name) => [compact(name), name]));
/** Every name that a mistyped one may have been meant as, and what it is then. */
const CANDIDATES: readonly (readonly [compact: string, name: string])[] = [
  ...KNOWN_COLUMNS,
  // Single words are near too many others: `weight` is no `height`.
  ...[...KNOWN_COLUMNS.flatMap((column) => ALIASES[column]), ...UNSUPPORTED].filter((name) =>
    name.includes('_'),
  ),
].map((name) => [compact(name), name] as const);

/** What a column is called and means; `data` are normalised names that belong to the file, whatever they are. */
export function meaningOf(name: string, data: ReadonlySet<string> = NO_DATA): ColumnMeaning {
  const column = normaliseColumn(name);
  const listed = listedMeaning(name, column, data);
  if (listed !== undefined) return listed;
  const key = compact(name);
  const meant = CANDIDATES.find(([candidate]) => isTypo(key, candidate))?.[1];
  return meant === undefined ? { kind: 'own', column } : { kind: 'mistyped', column, meant };
}

const NO_DATA: ReadonlySet<string> = new Set();

/** Whether a text is the name of this column, in any spelling. Quick: each row of a file is asked. */
export function namesColumn(text: string, column: string): boolean {
  const name = normaliseColumn(text);
  return (listedMeaning(text, name, NO_DATA)?.column ?? name) === column;
}

/** Notes behind a column's name: `Name (optional)`, `Size [px]`. */
const NOTE = /\s*(?:\([^()]*\)|\[[^[\]]*\])\s*[:*]*\s*$/;

/** The meaning of a name that is ours, another tool's, or the file's data. */
function listedMeaning(name: string, column: string, data: ReadonlySet<string>): ColumnMeaning | undefined {
  const bare = NOTE.test(name) ? name.replace(NOTE, '') : '';
  const meant = bare === '' || data.has(column) ? undefined : OURS.get(compact(bare));
  if (meant !== undefined) return { kind: 'ours', column: meant };
  const known = EXACT.get(column);
  if (known !== undefined && !(data.has(column) && IGNORABLE.has(known)))
    return { kind: 'ours', column: known };
  if (data.has(column)) return { kind: 'own', column };
  const key = compact(name);
  const ours = OURS.get(key);
  if (ours !== undefined) return { kind: 'ours', column: ours };
  const unsupported = NOT_OURS.get(key);
  return unsupported === undefined ? undefined : { kind: 'unsupported', column: unsupported };
}

const EXACT: ReadonlyMap<string, KnownColumn | SizeColumn> = new Map(
  [...KNOWN_COLUMNS, ...SIZE_COLUMNS].map((column) => [column, column]),
);

/** Common names, which a template may use for its own data. */
const IGNORABLE: ReadonlySet<string> = new Set(SIZE_COLUMNS);

/** The names in `{{ }}` of a text. */
export function placeholderNames(text: string): string[] {
  if (!text.includes('{{')) return [];
  return [...text.matchAll(/\{\{([^{}|]*)/g)]
    .map(([, name = '']) => normaliseColumn(name))
    .filter((name) => name !== '');
}

/** Whether a template names a column, or a value inside it: `product.title`. */
export function isPlaceholder(column: string, names: ReadonlySet<string>): boolean {
  return names.has(column) || [...names].some((name) => name.startsWith(`${column}.`));
}

/** The names in `{{ }}` of a row's cells that are templates. */
export function rowPlaceholders({
  prompt = '',
  name = '',
  tags = '',
}: Readonly<Record<string, string>>): string[] {
  return [prompt, name, tags].flatMap(placeholderNames);
}
