import { isJsonObject, type JsonObject } from '../../json-object.ts';
import { placeholderNames } from '../column-meaning.ts';
import { normaliseColumn } from '../columns.ts';
import type { RowFields } from '../format.ts';
import { plainText } from '../json-values.ts';

/** The fields with the nested values that these templates name, such as `product.title`. */
export function withNamedValues(
  fields: RowFields,
  nested: JsonObject,
  templates: readonly string[],
): RowFields {
  const named: [string, string][] = [];
  for (const column of placeholderNames(templates.join('\n'))) {
    const text = Object.hasOwn(fields, column) ? undefined : valueAt(nested, column.split('.'));
    if (text !== undefined) named.push([column, text]);
  }
  return { ...fields, ...Object.fromEntries(named) };
}

/** Undefined if there is none, or no text; a list of texts is joined. */
function valueAt(value: unknown, path: readonly string[]): string | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return textOf(value);
  if (Array.isArray(value)) return /^\d{1,6}$/.test(step) ? valueAt(value[Number(step)], rest) : undefined;
  if (!isJsonObject(value)) return undefined;
  const key = Object.keys(value).find((each) => normaliseColumn(each) === step);
  return key === undefined ? undefined : valueAt(value[key], rest);
}

function textOf(value: unknown): string | undefined {
  if (!Array.isArray(value)) return plainText(value);
  const texts = value.map(plainText);
  return texts.includes(undefined) ? undefined : texts.join(', ');
}
