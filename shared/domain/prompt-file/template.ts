import { normaliseColumn, quoted } from './columns.ts';
import { type Rejection, type RowFields, rejected } from './format.ts';

// `\{{` is a literal `{{`; what is put in is never looked at again.
const PLACE = /\\\{\{|\{\{([^{}]*)\}\}/g;

/** Puts the row's cells into `{{column}}`. Rejected where there is no such column; `column` is where the template stands. */
export function fillTemplate(
  template: string,
  fields: RowFields,
  column?: string,
): { readonly kind: 'text'; readonly text: string } | Rejection {
  let unknown: string | undefined;
  const text = template.replaceAll(PLACE, (place, inner: string | undefined) => {
    if (inner === undefined) return '{{';
    const name = normaliseColumn(inner);
    if (!Object.hasOwn(fields, name)) unknown ??= inner.trim();
    return Object.hasOwn(fields, name) ? (fields[name] ?? '') : place;
  });
  if (unknown === undefined) return { kind: 'text', text };
  const named = quoted([unknown]);
  const known = Object.keys(fields).length === 0 ? 'none' : quoted(Object.keys(fields));
  return rejected(`{{ }} names no column: ${named}; there are ${known}; write \\{{ for a literal {{`, column);
}
