import { meaningOf, placeholderNames } from '../column-meaning.ts';
import { normaliseColumn, quoted } from '../columns.ts';
import { type Rejection, rejected } from '../format.ts';

/** A column that is not in the file: every row is expanded by each value. */
export interface Axis {
  readonly name: string;
  readonly values: readonly string[];
}

/** How one row becomes the images of many prompts. */
export interface Expansion {
  readonly axes: readonly Axis[];
  /** Whether `{a|b}` is a choice in the prompts of the file too; in a template it always is. */
  readonly prompts?: true;
  /** So many combinations of each row, drawn by the seed; all by default. */
  readonly sample?: number;
  readonly seed?: string;
  readonly maxItems?: number;
}

/** Batch options that say which prompts its rows become. */
export interface TemplateOptions {
  readonly template?: string;
  /** Fields of every row without such a cell: a schedule's `date`, `week`, `month`, `run`. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly expansion?: Expansion;
  /** Columns carried along unused, whatever they are called. */
  readonly ignoreColumns?: readonly string[];
}

type AxesResult = { readonly kind: 'axes'; readonly axes: readonly Axis[] } | Rejection;

/** The same for all items of a row. */
const NOT_AN_AXIS: ReadonlySet<string> = new Set(['prompt', 'id', 'name', 'variants', 'references']);

/** Reads `season=spring,autumn;city=Lisbon`; `\,`, `\;` and `\\` are literal. The batch's template may name axes. */
export function parseAxes(text: string, template = ''): AxesResult {
  const axes: Axis[] = [];
  const data = new Set(placeholderNames(template));
  for (const part of splitAt(text, ';')) {
    if (part.trim() === '') continue;
    const axis = parseAxis(part, data);
    if ('reason' in axis) return axis;
    if (axes.some(({ name }) => name === axis.name)) {
      return rejected(`axis ${quoted([axis.name])} stands there twice`, 'axes');
    }
    axes.push(axis);
  }
  return { kind: 'axes', axes };
}

/** A text for `parseAxes`. */
export function formatAxes(axes: readonly Axis[]): string {
  return axes.map(({ name, values }) => `${name}=${values.map(escapeValue).join(',')}`).join(';');
}

/** Escapes a single axis for a list of axes. */
export function axisText(given: string): string {
  return splitAt(given, ';').join('\\;');
}

/** A name in the template is the axis's own; another may be one of our settings, by any name. */
function parseAxis(part: string, data: ReadonlySet<string>): Axis | Rejection {
  const at = part.indexOf('=');
  const given = normaliseColumn(part.slice(0, Math.max(0, at)));
  if (at < 0 || given === '') {
    return rejected(`${quoted([part.trim()])} is no axis: write name=value,value`, 'axes');
  }
  const name = data.has(given) ? given : meaningOf(given).column;
  if (NOT_AN_AXIS.has(name)) return rejected(`${quoted([name])} cannot be an axis`, 'axes');
  const values = splitAt(part.slice(at + 1), ',').map((value) => unescaped(value).trim());
  if (values.includes('')) return rejected(`axis ${quoted([name])} has an empty value`, 'axes');
  return { name, values };
}

/** Splits at unescaped separators and keeps the escapes. */
function splitAt(text: string, separator: ',' | ';'): string[] {
  const parts = [''];
  for (let at = 0; at < text.length; at += 1) {
    const isEscape = text[at] === '\\' && /[,;\\]/.test(text[at + 1] ?? '');
    const taken = isEscape ? text.slice(at, at + 2) : (text[at] ?? '');
    if (taken === separator) parts.push('');
    else parts[parts.length - 1] += taken;
    at += taken.length - 1;
  }
  return parts;
}

function escapeValue(value: string): string {
  return value.replaceAll(/[,;\\]/g, '\\$&');
}

function unescaped(value: string): string {
  return value.replaceAll(/\\([,;\\])/g, '$1');
}
