import { isJsonObject, type JsonObject } from '../../json-object.ts';
import { meaningOf } from '../column-meaning.ts';
import { isKnownColumn, normaliseColumn } from '../columns.ts';
import { type RecordContent, type Rejection, type RowContent, rejected } from '../format.ts';
import { plainText } from '../json-values.ts';
import { type ReadColumn, readColumns, unsupportedCell } from '../read-columns.ts';
import { type EmbeddedImages, embeddedImages } from '../request/embedded-images.ts';
import { messagesContent } from '../request/openai-request.ts';
import { configSettings, isConfig } from '../request/row-config.ts';

/** An object with our columns as keys. Other values that no cell can hold are for templates only. */
export function ownContent(given: JsonObject, data: ReadonlySet<string> = new Set()): RecordContent {
  const object = isManifestLine(given) ? askedIn(given) : unfolded(given);
  const images = embeddedImages();
  const rowKeys = Object.keys(object).filter((key) => !isPart(key, object[key]));
  const read = readColumns(rowKeys, data);
  if (read.kind === 'problem') return rejected(read.message, read.column);
  if (Object.keys(object).some((key) => normaliseColumn(key) === '')) {
    return rejected('a key is empty: name it, or take it out');
  }
  const cells = readCells(object, read.columns, images);
  if ('kind' in cells) return cells;
  const { fields, nested } = cells;
  const configs = Object.entries(object).filter(([key, value]) => key !== 'messages' && isPart(key, value));
  const settings = configSettings(Object.fromEntries(configs), fields);
  if ('reason' in settings) return settings;
  const conversation = Array.isArray(object.messages) ? addMessages(object.messages, fields, images) : {};
  if ('kind' in conversation) return conversation;
  return {
    kind: 'row',
    fields: Object.fromEntries(fields),
    columns: [...read.columns, ...settings, ...('literal' in conversation ? [MESSAGES] : [])],
    ...(isManifestLine(given) && { literal: true }),
    ...conversation,
    ...(nested.length > 0 && { nested: Object.fromEntries(nested) }),
    ...(images.images.length > 0 && { embedded: images.images }),
  };
}

/** An object's values as cells, by column; and those that no cell can hold, for templates. */
function readCells(
  object: JsonObject,
  columns: readonly ReadColumn[],
  images: EmbeddedImages,
): Cells | Rejection {
  const fields = new Map<string, string>();
  const nested: [string, unknown][] = [];
  const known = new Map(columns.map((each) => [each.name, each]));
  for (const [key, value] of Object.entries(object).filter((entry) => !isPart(...entry))) {
    const { column = normaliseColumn(key), kind } = known.get(key) ?? {};
    const text = fieldText(column, value, images);
    if (typeof text === 'object') return text;
    if (text === undefined && mustBeText(column)) {
      return rejected('value must be text, a number, true or false', column);
    }
    const unsupported = kind === 'unsupported' ? unsupportedCell(column, text ?? 'a value') : undefined;
    if (unsupported !== undefined) return rejected(unsupported, column);
    if (text === undefined) nested.push([key, value]);
    else fields.set(column, text);
  }
  return { fields, nested };
}

function mustBeText(column: string): boolean {
  return isKnownColumn(column) || column === 'size';
}

interface Cells {
  readonly fields: Map<string, string>;
  readonly nested: readonly [string, unknown][];
}

/** Objects in which other tools keep settings, or all that they ask for (Replicate, fal, Ideogram). */
const SETTINGS_IN = /^(?:settings|options|parameters|params|config)$/i;
const ASKED_IN = /^(?:input|arguments|payload|image_?request)$/i;

/** A row with such an object's keys beside its own; keys that the row has already stay inside. */
function unfolded(object: JsonObject): JsonObject {
  const asks = Object.keys(object).some((key) => meaningOf(key).column === 'prompt' || key === 'messages');
  const entries = Object.entries(object).flatMap(([key, value]) => {
    if (!isJsonObject(value) || isPart(key, value)) return [[key, value] as const];
    const meanings = Object.keys(value).map((name) => meaningOf(name));
    const isAsked = !asks && ASKED_IN.test(key) && meanings.some(({ column }) => column === 'prompt');
    const isSettings =
      SETTINGS_IN.test(key) && meanings.some(({ kind }) => kind === 'ours' || kind === 'unsupported');
    const isFree = Object.keys(value).every((name) => !Object.hasOwn(object, name));
    return (isAsked || isSettings) && isFree ? Object.entries(value) : [[key, value] as const];
  });
  return Object.fromEntries(entries);
}

/** A line of a manifest as JSON, which has results besides what was asked. */
export function isManifestLine(object: JsonObject): boolean {
  return ['batch', 'row', 'variant', 'state', 'creditsMicro', 'settings'].every((key) =>
    Object.hasOwn(object, key),
  );
}

/** What such a line asks for, with the file's own columns beside it. */
function askedIn(object: JsonObject): JsonObject {
  const { columns, variant, id } = object;
  const asked = Object.entries(object).filter(([key]) => isKnownColumn(key));
  const own = isJsonObject(columns) ? Object.entries(columns) : [];
  const further = typeof id === 'string' && variant !== 1 ? [['id', `${id}-v${variant}`] as const] : [];
  return Object.fromEntries([...own, ...asked, ...further]);
}

const MESSAGES = { name: 'messages', column: 'prompt', kind: 'ours' } as const;

/** A key that is no column: a conversation, or settings as other APIs' requests have them. */
function isPart(key: string, value: unknown): boolean {
  if (key === 'messages') return Array.isArray(value);
  return isConfig(key) && typeof value === 'object' && value !== null;
}

/** A conversation in place of a prompt. */
function addMessages(
  messages: readonly unknown[],
  fields: Map<string, string>,
  images: EmbeddedImages,
): Rejection | Pick<RowContent, 'literal' | 'messages'> {
  for (const column of ['prompt', 'references']) {
    if ((fields.get(column) ?? '').trim() !== '') {
      return rejected(`has both messages and ${column}: leave one of them out`, column);
    }
  }
  const said = messagesContent(messages, images);
  if (said.kind === 'rejected') return said;
  if (said.system !== '' && (fields.get('system') ?? '').trim() !== '') {
    return rejected('stands there, and as a message too: leave one of them out', 'system');
  }
  fields.set('prompt', said.prompt);
  if (said.system !== '') fields.set('system', said.system);
  if (said.references.length > 0) fields.set('references', said.references.join('|'));
  return { literal: true, ...(said.messages !== undefined && { messages: said.messages }) };
}

/** References may be an array, tags an object, a prompt a list of one. Undefined for other values with parts. */
function fieldText(column: string, value: unknown, images: EmbeddedImages): string | undefined | Rejection {
  if (column === 'references') return referenceText(value, images);
  if (column === 'tags' && isJsonObject(value)) return tagText(value);
  if (column === 'size' || column === 'image_size') return sizeText(value);
  if (column === 'prompt' && Array.isArray(value)) return promptText(value);
  return plainText(value);
}

/** fal's `{"width":1024,"height":1536}`. */
function sizeText(value: unknown): string | undefined {
  const { width, height } = isJsonObject(value) ? value : {};
  const isSize = typeof width === 'number' && typeof height === 'number';
  return isSize ? `${width}x${height}` : plainText(value);
}

function promptText(list: readonly unknown[]): string | undefined | Rejection {
  if (list.length === 1) return plainText(list[0]);
  return rejected(`has ${list.length} prompts in a list: write one object for each`, 'prompt');
}

function referenceText(value: unknown, images: EmbeddedImages): string | undefined | Rejection {
  if (typeof value === 'string' && !/^\s*data:/i.test(value)) return value;
  const written: string[] = [];
  for (const each of Array.isArray(value) ? value : [value]) {
    if (typeof each !== 'string') return plainText(value);
    const taken = images.add(each);
    if (typeof taken !== 'string') return taken;
    written.push(taken);
  }
  return written.join('|');
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
