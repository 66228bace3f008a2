import { meaningOf, placeholderNames } from '../column-meaning.ts';
import { normaliseColumn, quoted } from '../columns.ts';
import { type Rejection, rejected } from '../format.ts';

/** A column that is not in the file: every row is made with each of its values. */
export interface Axis {
  readonly name: string;
  readonly values: readonly string[];
}

/** How one row becomes the images of many prompts. */
export interface Expansion {
  readonly axes: readonly Axis[];
  /** Whether `{a|b}` is a choice in the prompts of the file too; in a template it always is. */
  readonly prompts?: true;
  /** So many of each row's combinations, drawn by the seed; all where it is missing. */
  readonly sample?: number;
  readonly seed?: string;
  /** The most items that a batch is made of that expands. */
  readonly maxItems?: number;
}

/** The part of a batch's options that says which prompts its rows become. */
export interface TemplateOptions {
  readonly template?: string;
  /** Fields of every row that has no cell of that name: what a schedule gives its runs (`date`, `week`, `month`, `run`). */
  readonly variables?: Readonly<Record<string, string>>;
  readonly expansion?: Expansion;
  /** Columns that are carried along unused, whatever they are called. */
  readonly ignoreColumns?: readonly string[];
}

type AxesResult = { readonly kind: 'axes'; readonly axes: readonly Axis[] } | Rejection;

/** They say which row it is or what all its items have in common, so they cannot differ from item to item. */
const NOT_AN_AXIS: ReadonlySet<string> = new Set(['prompt', 'id', 'name', 'variants', 'references']);

/** Reads `season=spring,autumn;city=Lisbon,Hanoi`; `\,`, `\;` and `\\` stand for themselves in values. The batch's template may name axes. */
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

/** The same axes as a text that `parseAxes` reads. */
export function formatAxes(axes: readonly Axis[]): string {
  return axes.map(({ name, values }) => `${name}=${values.map(escapeValue).join(',')}`).join(';');
}

/** Makes a text of one axis part of a list of them: what separates axes is part of a value there. */
export function axisText(given: string): string {
  return splitAt(given, ';').join('\\;');
}

/** A name that the template fills in is the axis's own; another one may be a setting of ours, under whatever name. */
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

/** Splits at what is not escaped, and leaves the escapes as they are. */
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
