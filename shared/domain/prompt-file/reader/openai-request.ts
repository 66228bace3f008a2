import { IMAGE_SETTINGS, SETTING_NAMES } from '../../item/image-settings.ts';
import { type RecordContent, type Rejection, rejected } from '../format.ts';
import { isJsonObject, type JsonObject, plainText } from './json-values.ts';

/** Names in a request's body that are settings of ours; others (`stream`, `response_format`…) do not concern an image. */
const SETTINGS: readonly (readonly [name: string, column: string])[] = [
  ...SETTING_NAMES.flatMap((name) => {
    const { openAi, column } = IMAGE_SETTINGS[name];
    return openAi.map((each) => [each, column] as const);
  }),
  ['n', 'variants'],
];

interface MessageParts {
  readonly kind: 'parts';
  readonly text: string;
  readonly images: readonly string[];
}

/**
 * A request of the OpenAI batch API as a row: `custom_id` is the id, the last user message the prompt, its images
 * the references, and the system messages the system text.
 */
export function openAiContent(request: JsonObject, body: JsonObject): RecordContent {
  if (!Array.isArray(body.messages))
    return rejected('body.messages is missing: only chat requests are taken');
  const messages = body.messages.filter(isJsonObject);
  const user = messages.findLast(({ role }) => role === 'user');
  if (user === undefined) return rejected('body.messages has no message of the user');
  const asked = partsOf(user.content);
  if (asked.kind === 'rejected') return asked;
  const system = systemText(messages);
  if (typeof system !== 'string') return system;

  const fields = new Map<string, string>([['prompt', asked.text]]);
  if (system !== '') fields.set('system', system);
  if (asked.images.length > 0) fields.set('references', asked.images.join('|'));
  const id = plainText(request.custom_id ?? null);
  if (id === undefined) return rejected('custom_id must be text', 'id');
  if (id !== '') fields.set('id', id);
  for (const [name, column] of SETTINGS) {
    const value = plainText(body[name] ?? null);
    if (value === undefined) return rejected(`body.${name} must be text or a number`, column);
    if (value !== '') fields.set(column, value);
  }
  return { kind: 'row', fields: Object.fromEntries(fields) };
}

function systemText(messages: readonly JsonObject[]): string | Rejection {
  const texts: string[] = [];
  for (const { role, content } of messages) {
    if (role !== 'system' && role !== 'developer') continue;
    const parts = partsOf(content);
    if (parts.kind === 'rejected') return parts;
    texts.push(parts.text);
  }
  return texts.join('\n');
}

function partsOf(content: unknown): MessageParts | Rejection {
  if (typeof content === 'string') return { kind: 'parts', text: content, images: [] };
  if (!Array.isArray(content)) return rejected('content of a message must be text or an array of parts');
  const texts: string[] = [];
  const images: string[] = [];
  for (const part of content) {
    const image = isJsonObject(part) ? imageUrl(part) : undefined;
    if (isJsonObject(part) && typeof part.text === 'string') texts.push(part.text);
    else if (image !== undefined) images.push(image.replaceAll('|', '%7C'));
    else return rejected('a message has a part that is neither text nor image_url');
  }
  return { kind: 'parts', text: texts.join('\n'), images };
}

function imageUrl({ image_url: image }: JsonObject): string | undefined {
  if (typeof image === 'string') return image;
  return isJsonObject(image) && typeof image.url === 'string' ? image.url : undefined;
}
