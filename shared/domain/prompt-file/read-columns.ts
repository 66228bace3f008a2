import { isManifest, isResultColumn } from '../item/manifest-columns.ts';
import { type ColumnMeaning, meaningOf } from './column-meaning.ts';
import { isKnownColumn, normaliseColumn, quoted } from './columns.ts';

/** A column: its name in the file, its name here, and whether that is one of ours. */
export interface ReadColumn {
  readonly name: string;
  readonly column: string;
  /** `unsent`: a request's field that is skipped, though it might alter the response. */
  readonly kind: 'ours' | 'unsupported' | 'own' | 'unsent';
  /** A prompt at the file's beginning names it in `{{ }}`. */
  readonly used?: true;
}

type ReadColumns =
  | { readonly kind: 'columns'; readonly columns: readonly ReadColumn[] }
  | { readonly kind: 'problem'; readonly column: string; readonly message: string };

/** What a file's columns or an object's keys mean together. Names in `data` belong to the file. */
export function readColumns(names: readonly string[], data: ReadonlySet<string>): ReadColumns {
  if (isManifest(names.map(normaliseColumn))) return manifestColumns(names);
  const meanings = names.map((name) => ({ name, meaning: meaningOf(name, data) }));
  const exact = new Set(
    meanings.filter(({ name, meaning }) => isExactly(name, meaning)).map(({ meaning }) => meaning.column),
  );
  const columns: ReadColumn[] = [];
  for (const { name, meaning } of meanings) {
    if (meaning.kind === 'mistyped') return mistyped(name, meaning.column, meaning.meant);
    const isSecond = meaning.kind === 'ours' && exact.has(meaning.column) && !isExactly(name, meaning);
    const column = isSecond ? normaliseColumn(name) : meaning.column;
    const before = column === '' ? undefined : columns.find((each) => each.column === column);
    if (before !== undefined) return twice(before.name, name, column);
    columns.push({ name, column, kind: isSecond ? 'own' : meaning.kind });
  }
  return { kind: 'columns', columns };
}

/** A batch's results ask for nothing, whatever their columns are called. */
function manifestColumns(names: readonly string[]): ReadColumns {
  const columns = names.map((name): ReadColumn => {
    const column = normaliseColumn(name);
    if (isResultColumn(column)) return { name, column: column === 'variant' ? VARIANT : '', kind: 'own' };
    return { name, column, kind: isKnownColumn(column) ? 'ours' : 'own' };
  });
  return { kind: 'columns', columns };
}

/** Distinguishes the lines of one row, which share its `id`. */
export const VARIANT = 'manifest_variant';

function isExactly(name: string, { kind, column }: ColumnMeaning): boolean {
  return kind === 'ours' && normaliseColumn(name) === column;
}

function mistyped(name: string, column: string, meant: string): ReadColumns {
  const message =
    `column ${quoted([name.trim()])}: did you mean "${meant}"? Rename it, ` +
    `or carry it along as it is with --ignore-column ${column}`;
  return { kind: 'problem', column, message };
}

function twice(first: string, second: string, column: string): ReadColumns {
  const same = normaliseColumn(first) === normaliseColumn(second);
  const message = same
    ? `columns that stand there twice: ${quoted([column])}`
    : `columns ${quoted([first.trim(), second.trim()])} both mean ${column}: take one out, or add --ignore-column ${normaliseColumn(second)}`;
  return { kind: 'problem', column, message };
}

/** Cells of an unsupported setting that mean nothing. */
const SAYS_NOTHING = /^(?:|none|null|nan|n\/a|#n\/a|na|auto|default|-1|false|off|-)$/i;

/** Why a row with such a cell is rejected; undefined if the cell is empty. */
export function unsupportedCell(column: string, text: string): string | undefined {
  return SAYS_NOTHING.test(text.trim()) ? undefined : unsupportedReason(column);
}

export function unsupportedReason(column: string): string {
  return `is a setting that no model here has: take it out, or carry it along unused with --ignore-column ${column}`;
}
