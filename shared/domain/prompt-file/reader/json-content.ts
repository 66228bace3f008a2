import { cleanText, rowTooLong } from '../cells.ts';
import { normaliseColumn } from '../columns.ts';
import { type RecordContent, type Rejection, type RowFields, rejected } from '../format.ts';
import { parseReferences } from '../row/references.ts';
import { isJsonObject, type JsonObject, plainText } from './json-values.ts';
import { openAiContent } from './openai-request.ts';

/** One line of a JSONL file: an object with our columns as keys, or a request in the shape of the OpenAI batch API. */
export function jsonContent(line: string): RecordContent {
  const value = parsed(line);
  if (!isJsonObject(value)) return rejected('line is not a JSON object: write one object a line');
  const content = isJsonObject(value.body) ? openAiContent(value, value.body) : ownContent(value);
  if (content.kind === 'rejected') return content;
  return problemIn(content.fields) ?? content;
}

function problemIn(fields: RowFields): Rejection | undefined {
  if (Object.values(fields).every((text) => text.trim() === '')) return rejected('every value is empty');
  const references = parseReferences(fields.references ?? '');
  if (references.kind === 'rejected') return references;
  return firstUnclean(fields) ?? rowTooLong(fields);
}

function ownContent(object: JsonObject): RecordContent {
  const fields = new Map<string, string>();
  for (const [key, value] of Object.entries(object)) {
    const column = normaliseColumn(key);
    if (column === '') return rejected('a key is empty: name it, or take it out');
    if (fields.has(column)) return rejected('key stands there twice', column);
    const text = fieldText(column, value);
    if (text === undefined) return rejected('value must be text, a number, true or false', column);
    fields.set(column, text);
  }
  return { kind: 'row', fields: Object.fromEntries(fields) };
}

/** References may be an array and tags an object; everything else is plain. */
function fieldText(column: string, value: unknown): string | undefined {
  if (column === 'references' && isTextArray(value)) return value.join('|');
  if (column === 'tags' && isJsonObject(value)) return tagText(value);
  return plainText(value);
}

function tagText(tags: JsonObject): string | undefined {
  const pairs: string[] = [];
  for (const [key, value] of Object.entries(tags)) {
    const text = plainText(value);
    if (text === undefined || text.includes(';') || /[;=]/.test(key)) return undefined;
    pairs.push(`${key}=${text}`);
  }
  return pairs.join(';');
}

function isTextArray(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function firstUnclean(fields: RowFields): Rejection | undefined {
  return Object.entries(fields)
    .map(([column, text]) => cleanText(text, column))
    .find((result) => typeof result !== 'string');
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
