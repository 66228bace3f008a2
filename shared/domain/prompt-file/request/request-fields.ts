import type * as z from 'zod/mini';
import { normaliseColumn, quoted } from '../columns.ts';
import { type Rejection, type RowContent, rejected } from '../format.ts';
import type { ReadColumn } from '../read-columns.ts';
import type { Conversation } from './conversation.ts';
import type { EmbeddedImages } from './embedded-images.ts';

/** A request's value for one of our settings, and its place there. */
export interface RequestSetting {
  readonly from: string;
  readonly column: string;
  readonly value: string | number | null | undefined;
}

/** Settings as cells; rejected if two contradict each other. */
export function settingFields(settings: readonly RequestSetting[]): Map<string, string> | Rejection {
  const fields = new Map<string, string>();
  for (const { from, column, value } of settings) {
    const text = value === undefined || value === null ? '' : String(value);
    if (text === '') continue;
    const before = fields.get(column);
    if (before !== undefined && before !== text) {
      return rejected(`${from} says ${quoted([text])}, and another place ${quoted([before])}`, column);
    }
    fields.set(column, text);
  }
  return fields;
}

/** A request as a row: its text is sent as it is, because `{{ }}` in it is not ours. */
export function requestRow(
  id: string | number | null | undefined,
  { prompt, system, references, messages }: Omit<Conversation, 'kind'>,
  {
    settings,
    unsent,
  }: { readonly settings: readonly RequestSetting[]; readonly unsent: readonly ReadColumn[] },
  { images }: EmbeddedImages,
): RowContent | Rejection {
  const given = settingFields(settings);
  if (!(given instanceof Map)) return given;
  const fields = new Map([['prompt', prompt]]);
  if (system !== '') fields.set('system', system);
  if (references.length > 0) fields.set('references', references.join('|'));
  if (id !== undefined && id !== null && id !== '') fields.set('id', String(id));
  for (const [column, value] of given) fields.set(column, value);
  return {
    kind: 'row',
    fields: Object.fromEntries(fields),
    columns: [...columnsOf(fields, settings), ...unsent],
    literal: true,
    ...(messages !== undefined && { messages }),
    ...(images.length > 0 && { embedded: images }),
  };
}

function columnsOf(fields: ReadonlyMap<string, string>, settings: readonly RequestSetting[]): ReadColumn[] {
  const said = readAs(settings);
  const others = [...fields.keys()].filter((column) => !said.some((each) => each.column === column));
  return [...said, ...others.map((column) => ({ name: column, column, kind: 'ours' }) as const)];
}

/** What settings are read as, by their place. */
export function readAs(settings: readonly RequestSetting[]): ReadColumn[] {
  const said = settings.filter(({ value }) => value !== undefined && value !== null && value !== '');
  return said.map(({ from, column }) => ({ name: from, column, kind: 'ours' }));
}

/** The first thing that a request's schema rejects. */
export function requestProblem(error: z.core.$ZodError, place?: string): Rejection {
  const issue = deepest(error.issues[0]);
  if (issue === undefined) return rejected(`${place ?? 'row'} cannot be read`);
  const path = [...(place === undefined ? [] : [place]), ...issue.path.map(String)].join('.');
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => (path === '' ? key : `${path}.${key}`));
    return rejected(
      `${keys.join(', ')} cannot be sent to the model: take it out, or pass it over with --ignore-column ${normaliseColumn(issue.keys[0] ?? '')}`,
    );
  }
  const message = issue.message === 'Invalid input' ? 'is missing or not what it must be' : issue.message;
  return rejected(`${path} ${message}`);
}

type Issue = z.core.$ZodIssue;

/** Of a value's alternatives, the one that it came nearest to. */
function deepest(issue: Issue | undefined): Issue | undefined {
  if (issue?.code !== 'invalid_union' || issue.message !== 'Invalid input') return issue;
  const inner = issue.errors.flatMap(([first]) => (first === undefined ? [] : [deepest(first) ?? first]));
  const best = inner.toSorted((a, b) => b.path.length - a.path.length)[0];
  if (best === undefined || best.path.length === 0) return issue;
  return { ...best, path: [...issue.path, ...best.path] };
}
