import {
  isPlaceholder,
  placeholderNames,
  rowPlaceholders,
} from '../../shared/domain/prompt-file/column-meaning.ts';
import type { FileFormat, Rejection, RowContent } from '../../shared/domain/prompt-file/format.ts';
import { type ReadColumn, unsupportedReason, VARIANT } from '../../shared/domain/prompt-file/read-columns.ts';
import type { OpenPrompts } from '../../shared/domain/prompt-file/reader/open-prompts.ts';
import type { TemplateOptions } from '../../shared/domain/prompt-file/template/axes.ts';
import type { FileNote } from '../../shared/pipeline/ingest/submit.ts';
import { addFlags, type FoundFlags, flagsLine, mayHaveFlags, noFlags } from './flag-report.ts';

type ColumnReport =
  /** In one line; empty if the file has no columns. */
  | { readonly kind: 'notes'; readonly notes: readonly FileNote[] }
  | { readonly kind: 'problem'; readonly message: string };

/** What the columns of a file are read as, in one line. Throws on an unsupported setting; `strict`: on an unused column too. */
export async function columnReport(
  prompts: Pick<OpenPrompts, 'format' | 'columns' | 'records' | 'text'>,
  options: TemplateOptions,
  strict: boolean,
): Promise<ColumnReport> {
  const used = new Set(placeholderNames(options.template ?? ''));
  const found = await lookThrough(prompts, used, strict || (await mayHaveFlags(prompts)));
  const { seen, unsupported, flags } = found;
  if (unsupported.size > 0) return problem(unsupportedText(unsupported));
  const refusal = strict ? strictRefusal(found) : undefined;
  if (refusal !== undefined) return problem(refusal);
  const columns = [...seen.values()].filter(({ column }) => column !== '');
  const carried = columns.filter(
    ({ kind, column }) => kind === 'own' && column !== VARIANT && !isPlaceholder(column, used),
  );
  const unknown = carried.filter(({ column }) => !options.ignoreColumns?.includes(column));
  if (strict && unknown.length > 0) {
    return problem(
      `--strict: ${namesOf(unknown)} is no column of ours, and in no template: rename it, take it out, or add --ignore-column ${unknown[0]?.column}`,
    );
  }
  const line = lineOf(columns, carried, seen.size - columns.length);
  const isExpected = columns.every(
    (each) => each.kind !== 'unsent' && !carried.includes(each) && plain(each.name) === meaning(each.column),
  );
  const notes = columns.length === 0 ? [] : [{ line, isExpected }];
  const flagLine = flagsLine(flags);
  return {
    kind: 'notes',
    notes: flagLine === undefined ? notes : [...notes, { line: flagLine, isExpected: false }],
  };
}

/** `--strict` refuses unsent fields of requests and other tools' parameters. */
function strictRefusal({ seen, flags }: Found): string | undefined {
  const unsent = [...seen.values()].filter(({ kind }) => kind === 'unsent');
  if (unsent.length > 0) return `--strict: ${namesOf(unsent)} cannot be sent to the model: take it out`;
  const [example] = [...flags.left, ...flags.sent];
  if (example === undefined) return undefined;
  return `line ${flags.line}: --strict: ${plain(example)} is a parameter of another tool: take it out of the prompt`;
}

interface Found {
  /** By their names in the file. */
  readonly seen: ReadonlyMap<string, ReadColumn>;
  /** Unsupported settings, with the first line of each. */
  readonly unsupported: ReadonlyMap<string, number>;
  readonly flags: FoundFlags;
}

/** Reads rows if they may have more than the header; adds what templates use to `used`. */
async function lookThrough(
  { format, columns = [], records }: Pick<OpenPrompts, 'format' | 'columns' | 'records'>,
  used: Set<string>,
  isLooked: boolean,
): Promise<Found> {
  const seen = new Map<string, ReadColumn>(columns.map((each) => [each.name, each]));
  for (const each of columns) if (each.used) used.add(each.column);
  const unsupported = new Map<string, number>();
  const flags = noFlags();
  const see = ({ columns: own = [], fields }: RowContent) => {
    for (const each of own) seen.set(each.name, each);
    for (const name of rowPlaceholders(fields)) used.add(name);
  };
  if (!isLooked && !mayHaveMore(format)) return { seen, unsupported, flags };
  for await (const record of records()) {
    if (record.kind === 'row') {
      see(record);
      addFlags(flags, record);
      continue;
    }
    const column = unsupportedIn(record);
    if (column !== undefined && !unsupported.has(column)) unsupported.set(column, record.line);
  }
  return { seen, unsupported, flags };
}

function unsupportedIn({ column, reason }: Rejection): string | undefined {
  return column !== undefined && reason === unsupportedReason(column) ? column : undefined;
}

function problem(message: string): ColumnReport {
  return { kind: 'problem', message };
}

/** Whether rows may have keys or settings that the header lacks. */
function mayHaveMore(format: FileFormat): boolean {
  switch (format.kind) {
    case 'csv':
      return format.unsupported !== undefined;
    case 'json':
    case 'jsonl':
      return true;
    case 'txt':
      return false;
  }
}

function lineOf(all: readonly ReadColumn[], carried: readonly ReadColumn[], unnamed: number): string {
  const isOfManifest = all.some(({ column }) => column === VARIANT);
  const columns = all.filter(({ column }) => column !== VARIANT);
  const ours = columns.filter(({ kind }) => kind === 'ours');
  const used = columns.filter((each) => each.kind === 'own' && !carried.includes(each));
  const unsent = columns.filter(({ kind }) => kind === 'unsent');
  const empty = columns.filter(({ kind }) => kind === 'unsupported');
  const parts = [
    ours
      .map(({ name, column }) => {
        const read = meaning(column);
        return plain(name) === read ? read : `${plain(name)} as ${read}`;
      })
      .join(', '),
    ...(used.length > 0 ? [`in templates: ${namesOf(used)}`] : []),
    ...(carried.length > 0 ? [`carried along unused: ${namesOf(carried)}`] : []),
    ...(unsent.length > 0 ? [`not sent: ${namesOf(unsent)}`] : []),
    ...(empty.length > 0 ? [`empty: ${namesOf(empty)}`] : []),
    ...(unnamed > 0
      ? [isOfManifest ? 'what came of an earlier batch is not read' : 'columns without a name are not read']
      : []),
  ];
  return `columns  ${parts.filter((part) => part !== '').join('; ')}`;
}

function meaning(column: string): string {
  if (column === 'size') return 'aspect_ratio and image_size';
  return column === 'width' || column === 'height'
    ? 'aspect_ratio and image_size (with the other side)'
    : column;
}

function unsupportedText(columns: ReadonlyMap<string, number>): string {
  const [[first = '', line = 1] = []] = columns;
  const names = [...columns.keys()];
  const [is, it] = names.length === 1 ? ['is a setting', 'it'] : ['are settings', 'them'];
  const flags = names.map((name) => `--ignore-column ${name}`).join(' ');
  return `line ${line}, ${first}: ${names.join(', ')} ${is} that no model here has: take ${it} out, or carry ${it} along unused with ${flags}`;
}

const MOST_NAMES = 12;

function namesOf(columns: readonly ReadColumn[]): string {
  const names = columns.slice(0, MOST_NAMES).map(({ name }) => plain(name));
  return columns.length > names.length
    ? `${names.join(', ')} and ${columns.length - names.length} more`
    : names.join(', ');
}

function plain(name: string): string {
  const text = name.replace(/[\p{Cc}\p{Cf}]/gu, '').trim();
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
