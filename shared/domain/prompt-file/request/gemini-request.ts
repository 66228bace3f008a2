import type { Message } from '../../item/message.ts';
import type { JsonObject } from '../../json-object.ts';
import { type RecordContent, type Rejection, rejected } from '../format.ts';
import { conversationOf, type WrittenImage, type WrittenMessage } from './conversation.ts';
import { type EmbeddedImages, embeddedImages } from './embedded-images.ts';
import {
  type GeminiContent,
  type GeminiPart,
  type GeminiRequest,
  type GenerationConfig,
  geminiRequest,
} from './gemini-schema.ts';
import { camelKeys } from './key-style.ts';
import { type RequestSetting, requestProblem, requestRow } from './request-fields.ts';
import { unsentFields } from './unsent.ts';

/** A request to Google's generateContent as a row: its contents are sent, its configuration is ours. */
export function geminiContent(id: string, request: JsonObject): RecordContent {
  const camel = camelKeys(request);
  if (camel === undefined) return rejected('request has a key in two spellings: take one out');
  const parsed = geminiRequest.safeParse(camel);
  if (!parsed.success) return requestProblem(parsed.error, 'request');
  const images = embeddedImages();
  const messages = writtenMessages(parsed.data, images);
  if (!Array.isArray(messages)) return messages;
  const conversation = conversationOf(messages);
  if (conversation.kind === 'rejected') return conversation;
  return requestRow(
    id,
    conversation,
    { settings: settingsOf(parsed.data), unsent: unsentFields(camel) },
    images,
  );
}

function writtenMessages(request: GeminiRequest, images: EmbeddedImages): WrittenMessage[] | Rejection {
  const instructions = [request.systemInstruction, request.config?.systemInstruction];
  const contents = [
    ...instructions.flatMap((each) => (each === undefined ? [] : [{ role: 'system', parts: partsOf(each) }])),
    ...contentsOf(request).map((each) => ({ role: roleOf(each), parts: partsOf(each) })),
  ];
  const written: WrittenMessage[] = [];
  for (const { role, parts } of contents) {
    const known = ROLES[role];
    if (known === undefined) return rejected(`request.contents has the role "${role}", which cannot be sent`);
    const own: (string | WrittenImage)[] = [];
    for (const each of parts) {
      const part = writtenPart(each, images);
      if (typeof part === 'object' && 'reason' in part) return part;
      if (part !== undefined && part !== '') own.push(part);
    }
    written.push({ role: known, parts: own });
  }
  return written;
}

const ROLES: Readonly<Record<string, Message['role']>> = Object.assign(Object.create(null), {
  user: 'user',
  model: 'assistant',
  system: 'system',
});

/** A list of texts is one user content, as Google's libraries read it. */
function contentsOf({ contents }: GeminiRequest): GeminiContent[] {
  const all = [contents].flat();
  if (all.length < 2 || !all.every((each) => typeof each === 'string')) return all;
  return [{ role: 'user', parts: all }];
}

function roleOf(content: GeminiContent): string {
  return typeof content === 'string' ? 'user' : (content.role ?? 'user');
}

function partsOf(content: GeminiContent): readonly GeminiPart[] {
  return typeof content === 'string' ? [content] : [content.parts].flat();
}

/** Undefined for a thought, which is no part of a response. */
function writtenPart(
  part: GeminiPart,
  images: EmbeddedImages,
): string | WrittenImage | Rejection | undefined {
  if (typeof part === 'string') return part;
  if ('text' in part) return part.thought === true ? undefined : part.text;
  if ('inlineData' in part) return { image: images.addBase64(part.inlineData.data) };
  const image = images.add(part.fileData.fileUri);
  return typeof image === 'string' ? { image } : image;
}

function settingsOf({ model, generationConfig, config }: GeminiRequest): RequestSetting[] {
  return [
    { from: 'model', column: 'model', value: model },
    ...geminiSettings('generationConfig', generationConfig),
    ...geminiSettings('config', config),
  ];
}

export function geminiSettings(place: string, config: GenerationConfig | undefined): RequestSetting[] {
  return [
    { from: `${place}.temperature`, column: 'temperature', value: config?.temperature },
    { from: `${place}.topP`, column: 'top_p', value: config?.topP },
    { from: `${place}.maxOutputTokens`, column: 'max_tokens', value: config?.maxOutputTokens },
    { from: `${place}.candidateCount`, column: 'variants', value: config?.candidateCount },
    {
      from: `${place}.imageConfig.aspectRatio`,
      column: 'aspect_ratio',
      value: config?.imageConfig?.aspectRatio,
    },
    { from: `${place}.imageConfig.imageSize`, column: 'image_size', value: config?.imageConfig?.imageSize },
  ];
}
