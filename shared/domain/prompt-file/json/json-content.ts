import { nameList } from '../../canonical-name.ts';
import { textsOf } from '../../item/message.ts';
import { isJsonObject, type JsonObject } from '../../json-object.ts';
import { cleanText, rowTooLong } from '../cells.ts';
import { placeholderNames } from '../column-meaning.ts';
import { type RecordContent, type Rejection, rejected } from '../format.ts';
import { plainText } from '../json-values.ts';
import { withoutFlags } from '../prompt-flags.ts';
import { geminiContent } from '../request/gemini-request.ts';
import { withoutIgnored } from '../request/ignored-settings.ts';
import { openAiContent } from '../request/openai-request.ts';
import { parseReferences } from '../row/references.ts';
import { readJson } from './json-text.ts';
import { isManifestLine, ownContent } from './own-content.ts';

/** What a JSON text may be. */
interface JsonPlace {
  readonly what: string;
  /** A text is a prompt. */
  readonly prompts: boolean;
  /** Keys that belong to the file, whatever they are called. */
  readonly data: readonly string[];
}

const LINE: JsonPlace = { what: 'line', prompts: false, data: [] };

/** A JSON record: an object with our columns as keys, or a request of another provider's batch API. */
export function jsonContent(text: string, place: JsonPlace = LINE): RecordContent {
  // Files that were put together keep the mark of each; a record separator may stand before each value (RFC 7464).
  const read = readJson(text.replace(/^[\p{Cc}\ufeff]+/u, '').replace(/(?<=\}),\s*$/, ''));
  if (read.kind === 'problem') return rejected(`${place.what} ${read.message}`);
  const { value } = read;
  if (place.prompts && typeof value === 'string')
    return checked(withoutFlags({ kind: 'row', fields: { prompt: value } }));
  if (!isJsonObject(value))
    return rejected(`${place.what} is not a JSON object: write one object for each image`);
  const asked = withoutIgnoredSettings(value, new Set(place.data));
  const content = contentOf(asked, new Set([...place.data, ...placeholderNames(text)]));
  if (content.kind === 'rejected') return content;
  return checked(isManifestLine(value) ? content : withoutFlags(content));
}

const REQUESTS = nameList(`
  body, params, request, parameters, modelInput, config, generationConfig, generation_config`);

/** A request's settings are not columns, but `--ignore-column` may name them. */
function withoutIgnoredSettings(object: JsonObject, ignored: ReadonlySet<string>): JsonObject {
  if (ignored.size === 0) return object;
  const entries = Object.entries(object).map(([key, value]) => {
    const isRequest = REQUESTS.includes(key) && isJsonObject(value);
    return [key, isRequest ? withoutIgnored(value, ignored) : value];
  });
  return Object.fromEntries(entries);
}

function contentOf(object: JsonObject, data: ReadonlySet<string>): RecordContent {
  const { body, params, request, modelInput } = object;
  if (isJsonObject(body)) {
    const { body: _, custom_id, method: _method, url, ...others } = object;
    return withOthers(openAiContent(custom_id, url, body), others, data);
  }
  if (isJsonObject(modelInput)) {
    const { modelInput: _, recordId, ...others } = object;
    return withOthers(openAiContent(recordId, undefined, modelInput), others, data);
  }
  const imagen = isJsonObject(request) && 'instances' in request ? request : object;
  if (Array.isArray(imagen.instances)) {
    const { instances: _, parameters: _parameters, request: _request, ...others } = object;
    return withOthers(imagenContent(imagen), others, data);
  }
  if (isJsonObject(params) && 'messages' in params) {
    const { params: _, custom_id, ...others } = object;
    return withOthers(openAiContent(custom_id, undefined, params), others, data);
  }
  const batched = batchedContent(object, data);
  if (batched !== undefined) return batched;
  if (isContents(object.contents) && !('prompt' in object)) return bareGemini(object, data);
  return ownContent(object, data);
}

/** A batch line with its request under `request`, as Gemini's API or OpenAI's has it. */
function batchedContent(
  { request, key, custom_id, ...others }: JsonObject,
  data: ReadonlySet<string>,
): RecordContent | undefined {
  if (!isJsonObject(request)) return undefined;
  const id = key ?? custom_id;
  if ('messages' in request) return withOthers(openAiContent(id, undefined, request), others, data);
  if (!('contents' in request)) return undefined;
  return withOthers(geminiContent(plainText(id ?? '') ?? '', request), others, data);
}

/** A request to Imagen's predict: its instance is the prompt, its parameters are columns. */
function imagenContent({ instances, parameters = {} }: JsonObject): RecordContent {
  const [instance, ...more] = Array.isArray(instances) ? instances : [];
  if (!isJsonObject(instance) || more.length > 0)
    return rejected('instances must hold one prompt: write a line for each');
  if (!isJsonObject(parameters)) return rejected('parameters must be an object');
  const { prompt, ...others } = instance;
  const unsent = Object.keys(others)[0];
  if (unsent !== undefined) return rejected(`instances.0.${unsent} cannot be sent to the model: take it out`);
  const twice = Object.keys(parameters).find((key) => key.toLowerCase() === 'prompt');
  if (twice !== undefined) return rejected('stands in instances and in parameters', 'prompt');
  const content = ownContent({ ...parameters, prompt });
  return content.kind === 'rejected' ? content : { ...content, literal: true };
}

function isContents(contents: unknown): boolean {
  return typeof contents === 'string' || (typeof contents === 'object' && contents !== null);
}

const GEMINI_KEYS =
  /^(model|contents|system_?instruction|generation_?config|config|safety_?settings|labels|tools)$/i;

function bareGemini(object: JsonObject, data: ReadonlySet<string>): RecordContent {
  const request = Object.entries(object).filter(([key]) => GEMINI_KEYS.test(key));
  const { key, ...others } = Object.fromEntries(
    Object.entries(object).filter(([key]) => !GEMINI_KEYS.test(key)),
  );
  return withOthers(geminiContent(plainText(key ?? '') ?? '', Object.fromEntries(request)), others, data);
}

/** Keys beside a request are columns, as in our own lines. */
function withOthers(content: RecordContent, others: JsonObject, data: ReadonlySet<string>): RecordContent {
  if (content.kind === 'rejected' || Object.keys(others).length === 0) return content;
  const own = ownContent(others, data);
  if (own.kind === 'rejected') return own;
  const twice = Object.keys(own.fields).find((column) => Object.hasOwn(content.fields, column));
  if (twice !== undefined) return rejected('stands in the request and beside it', twice);
  const columns = [...(content.columns ?? []), ...(own.columns ?? [])];
  return { ...own, ...content, columns, fields: { ...own.fields, ...content.fields } };
}

function checked(content: RecordContent): RecordContent {
  if (content.kind === 'rejected') return content;
  const { fields, messages = [] } = content;
  if (Object.values(fields).every((text) => text.trim() === '')) return rejected('every value is empty');
  const references = parseReferences(fields.references ?? '');
  if (references.kind === 'rejected') return references;
  const texts: (readonly [string, string])[] = [
    ...Object.entries(fields),
    ...messages.flatMap(textsOf).map((text) => ['messages', text] as const),
  ];
  return firstUnclean(texts) ?? rowTooLong(fields) ?? content;
}

function firstUnclean(texts: readonly (readonly [column: string, text: string])[]): Rejection | undefined {
  for (const [column, text] of texts) {
    const clean = cleanText(text, column);
    if (typeof clean !== 'string') return clean;
  }
  return undefined;
}
