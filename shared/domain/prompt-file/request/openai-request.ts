import type { JsonObject } from '../../json-object.ts';
import { type RecordContent, type Rejection, rejected } from '../format.ts';
import { conversationOf, type WrittenImage, type WrittenMessage } from './conversation.ts';
import { type EmbeddedImages, embeddedImages } from './embedded-images.ts';
import { snakeKeys } from './key-style.ts';
import {
  type ChatMessage,
  type ContentPart,
  chatBody,
  imagesBody,
  type PictureBody,
} from './openai-schema.ts';
import { type RequestSetting, requestProblem, requestRow } from './request-fields.ts';
import { chatBodyOf } from './responses-request.ts';
import { unsentFields } from './unsent.ts';

/** A request to an OpenAI endpoint as a row: its messages are sent, its settings are ours. */
export function openAiContent(id: unknown, url: unknown, body: JsonObject): RecordContent {
  const named = idOf(id);
  if (typeof named === 'object') return named;
  const snake = snakeKeys(body);
  if (snake === undefined) return rejected('body has a key in two spellings: take one out');
  if (typeof url === 'string' && !TAKEN_ENDPOINTS.test(url)) {
    return rejected(`the line is for ${url}: chat, image and responses requests are taken`);
  }
  if ('messages' in snake) return chatContent(named, snake);
  if ('input' in snake) {
    const chat = chatBodyOf(snake);
    return chat.kind === 'rejected' ? chat : chatContent(named, chat.body);
  }
  if ('prompt' in snake) return imagesContent(named, snake);
  const asked = typeof url === 'string' ? ` (it is for ${url})` : '';
  return rejected(
    `body has neither messages nor a prompt${asked}: chat, image and responses requests are taken`,
  );
}

/** Of OpenAI's API and compatible ones; embeddings and moderations are no images. */
const TAKEN_ENDPOINTS = /(?:completions|responses|messages|images\/(?:generations|edits))\/?(?:\?|$)/i;

function chatContent(id: string, body: JsonObject): RecordContent {
  const parsed = chatBody.safeParse(body);
  if (!parsed.success) return requestProblem(parsed.error, 'body');
  const images = embeddedImages();
  const { messages, system } = parsed.data;
  const first: ChatMessage[] = system === undefined ? [] : [{ role: 'system', content: system }];
  const conversation = writtenConversation([...first, ...messages], images);
  if (conversation.kind === 'rejected') return conversation;
  return requestRow(
    id,
    conversation,
    { settings: bodySettings(parsed.data), unsent: unsentFields(body) },
    images,
  );
}

export function messagesContent(messages: unknown, images: EmbeddedImages) {
  const parsed = chatBody.shape.messages.safeParse(messages);
  return parsed.success ? writtenConversation(parsed.data, images) : requestProblem(parsed.error, 'messages');
}

function writtenConversation(messages: readonly ChatMessage[], images: EmbeddedImages) {
  const written: WrittenMessage[] = [];
  for (const { role, content, images: own } of messages) {
    const all = [...(typeof content === 'string' ? [content] : (content ?? [])), ...(own ?? [])];
    const parts = writtenParts(all, images);
    if ('reason' in parts) return parts;
    written.push({ role: role === 'developer' ? 'system' : role, parts });
  }
  return conversationOf(written);
}

function writtenParts(
  parts: readonly ContentPart[],
  images: EmbeddedImages,
): (string | WrittenImage)[] | Rejection {
  const written: (string | WrittenImage)[] = [];
  for (const each of parts) {
    const part = writtenPart(each, images);
    if (typeof part === 'object' && 'reason' in part) return part;
    if (part !== '') written.push(part);
  }
  return written;
}

function writtenPart(part: ContentPart, images: EmbeddedImages): string | WrittenImage | Rejection {
  if (typeof part === 'string') return part;
  if ('text' in part) return part.text;
  if ('image_url' in part) return writtenImage(urlOf(part.image_url), images);
  if ('inline_data' in part) return { image: images.addBase64(part.inline_data.data) };
  const { source } = part;
  return source.type === 'url' ? writtenImage(source.url, images) : { image: images.addBase64(source.data) };
}

function writtenImage(url: string, images: EmbeddedImages): WrittenImage | Rejection {
  const image = images.add(url);
  return typeof image === 'string' ? { image } : image;
}

function urlOf(image: string | { readonly url: string }): string {
  return typeof image === 'string' ? image : image.url;
}

function imagesContent(id: string, body: JsonObject): RecordContent {
  const parsed = imagesBody.safeParse(body);
  if (!parsed.success) return requestProblem(parsed.error, 'body');
  const embedded = embeddedImages();
  const { prompt, image = [], images = [] } = parsed.data;
  const references: string[] = [];
  for (const each of [image, images].flat()) {
    const reference = embedded.add(urlOf(each));
    if (typeof reference !== 'string') return reference;
    references.push(reference);
  }
  const text = typeof prompt === 'string' ? prompt : (prompt[0] ?? '');
  const said = { settings: bodySettings(parsed.data), unsent: unsentFields(body) };
  return requestRow(id, { prompt: text, system: '', references }, said, embedded);
}

/** All settings of the picture in a body, wherever they are. */
export function bodySettings(body: PictureBody): RequestSetting[] {
  const extra = body.extra_body;
  const places = [
    ['body', body],
    ['image_config', body.image_config],
    ['google', body.google],
    ['google.image_config', body.google?.image_config],
    ['extra_body', extra],
    ['extra_body.image_config', extra?.image_config],
    ['extra_body.google', extra?.google],
    ['extra_body.google.image_config', extra?.google?.image_config],
  ] as const;
  return places.flatMap(([place, values]) => {
    if (values === undefined || values === null) return [];
    const said: JsonObject = values;
    return SETTINGS.flatMap(([name, column]) => {
      const value = said[name];
      const isSaid = (typeof value === 'string' && value !== 'auto') || typeof value === 'number';
      return isSaid ? [{ from: place === 'body' ? name : `${place}.${name}`, column, value }] : [];
    });
  });
}

/** A request's names for our settings. */
const SETTINGS: readonly (readonly [name: string, column: string])[] = [
  ['model', 'model'],
  ['aspect_ratio', 'aspect_ratio'],
  ['image_size', 'image_size'],
  ['size', 'size'],
  ['temperature', 'temperature'],
  ['top_p', 'top_p'],
  ['max_tokens', 'max_tokens'],
  ['max_completion_tokens', 'max_tokens'],
  ['n', 'variants'],
];

function idOf(id: unknown): string | Rejection {
  if (id === undefined || id === null) return '';
  return typeof id === 'string' || typeof id === 'number'
    ? String(id)
    : rejected('custom_id must be text', 'id');
}
