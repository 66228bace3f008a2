import { isSpreadsheetError, spreadsheetError } from '../cell-values.ts';
import { meaningOf } from '../column-meaning.ts';
import { normaliseColumn, quoted } from '../columns.ts';
import { type Rejection, type RowFields, rejected } from '../format.ts';
import { FILTER_NAMES, filterOf } from './filters.ts';
import { parseTemplate, type TemplatePart } from './parse-template.ts';

export type FilledTemplate = { readonly kind: 'text'; readonly text: string } | Rejection;

/** Fills the row's cells into `{{column}}`; rejected if there is no such column. `column` holds the template. */
export function fillTemplate(template: string, fields: RowFields, column?: string): FilledTemplate {
  if (!template.includes('{{')) return { kind: 'text', text: template };
  return fillParts(parseTemplate(template, { alternatives: false }), fields, [], column);
}

/** The number of alternatives at each place, from left to right. */
export function alternativesIn(parts: readonly TemplatePart[]): number[] {
  return parts.filter((part) => part.kind === 'alternatives').map(({ options }) => options.length);
}

/** Fills a parsed template with the alternative chosen (from 0) at each place. */
export function fillParts(
  parts: readonly TemplatePart[],
  fields: RowFields,
  choices: readonly number[],
  column?: string,
): FilledTemplate {
  let text = '';
  let chosen = 0;
  for (const part of parts) {
    const filled = fillPart(part, fields, choices[chosen] ?? 0, column);
    if (part.kind === 'alternatives') chosen += 1;
    if (filled.kind === 'rejected') return filled;
    // Filled-in text is never parsed again.
    text += filled.text;
  }
  return { kind: 'text', text };
}

function fillPart(part: TemplatePart, fields: RowFields, choice: number, column?: string): FilledTemplate {
  switch (part.kind) {
    case 'text':
      return part;
    case 'place':
      return fillPlace(part.inner, fields, column);
    case 'alternatives':
      return fillParts(part.options[choice] ?? [], fields, [], column);
  }
}

function fillPlace(inner: string, fields: RowFields, column?: string): FilledTemplate {
  // A column may have a bar in its name.
  const whole = cellOf(inner, fields);
  if (whole !== undefined)
    return isSpreadsheetError(whole) ? spreadsheetError(whole, column) : { kind: 'text', text: whole };
  const [name = '', ...written] = inner.split('|');
  let text = cellOf(name, fields);
  if (text === undefined) return unknownColumn(name, fields, column);
  if (isSpreadsheetError(text)) return spreadsheetError(text, column);
  for (const each of written) {
    const filter = filterOf(each);
    if (filter === undefined) {
      const message = `{{ }} has an unknown filter: ${quoted([each.trim()])}; there are ${FILTER_NAMES.join(', ')}`;
      return rejected(message, column);
    }
    text = filter(text);
  }
  return { kind: 'text', text };
}

function cellOf(name: string, fields: RowFields): string | undefined {
  const column = normaliseColumn(name);
  if (Object.hasOwn(fields, column)) return fields[column];
  // By the file's name for it.
  const meant = meaningOf(name);
  return meant.kind === 'ours' && Object.hasOwn(fields, meant.column) ? fields[meant.column] : undefined;
}

function unknownColumn(name: string, fields: RowFields, column?: string): Rejection {
  const known = Object.keys(fields).length === 0 ? 'none' : Object.keys(fields).join(', ');
  return rejected(
    `unknown column {{${name.trim()}}}; columns: ${known}; write \\{{ for literal braces`,
    column,
  );
}
