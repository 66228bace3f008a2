import { DEFAULT_PROMPT_PREFIX } from '../../domain/calls/models.ts';
import { IMAGE_SETTINGS, type ImageSettings, SETTING_NAMES } from '../../domain/item/image-settings.ts';
import { type Message as Conversation, textsOf } from '../../domain/item/message.ts';
import type { ImageRequest, ReferenceImage } from '../types.ts';

type TextPart = { readonly type: 'text'; readonly text: string };
type ImagePart = { readonly type: 'image_url'; readonly image_url: { readonly url: string } };

interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string | readonly (TextPart | ImagePart)[];
}

type Fields = Readonly<Record<string, string | number>>;

/** The body of a chat completions request on the wire, settings included. */
export interface RequestBody {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly stream: boolean;
  readonly modalities?: readonly string[];
  readonly image_config?: Fields;
  readonly extra_body?: {
    readonly google: { readonly response_modalities: readonly string[]; readonly image_config?: Fields };
  };
}

/** The request of one image (contract §1). Sends only what was asked for: the endpoint answers 400 to unknown fields. */
export function buildRequestBody(request: ImageRequest): RequestBody {
  const { profile, settings } = request;
  const system: Message[] = settings.system ? [{ role: 'system', content: settings.system }] : [];
  return {
    model: profile.sendAs,
    messages: [...system, ...messagesOf(request)],
    ...settingFields(settings, 'body'),
    stream: profile.stream,
    ...dialectExtras(request),
  };
}

/** Whether the request has a dialect's fields, which a server may refuse (contract §5 row 5). */
export function sendsExtras(request: Pick<ImageRequest, 'profile' | 'plain'>): boolean {
  return request.profile.dialect !== 'none' && !request.plain;
}

/** The text sent to the model: the prompt, and the shape if no field has it. */
export function promptText(request: TextRequest): string {
  const asked = wordsOf(request);
  const prefix = prefixOf(request);
  const prompt = prefix === '' ? request.prompt : `${prefix} ${request.prompt}`;
  return asked === '' ? prompt : `${prompt}\n\n${asked}`;
}

interface TextRequest extends Pick<ImageRequest, 'prompt' | 'profile' | 'settings' | 'plain'> {
  readonly references: readonly unknown[];
}

/** Prompts that edit a reference image, or begin like the prefix, need none. */
function prefixOf({ prompt, settings, references }: TextRequest): string {
  if (settings.promptPrefix !== undefined) return settings.promptPrefix;
  return references.length > 0 || /^generate an image\b/i.test(prompt) ? '' : DEFAULT_PROMPT_PREFIX;
}

function wordsOf(request: Pick<ImageRequest, 'profile' | 'settings' | 'plain'>): string {
  return sendsExtras(request) ? '' : askedInWords(request.settings);
}

/** UTF-8 bytes of all text in a request, for its input tokens without usage. */
export function textBytes(
  request: TextRequest & { readonly messages?: readonly Conversation[] | undefined },
): number {
  const system = Buffer.byteLength(request.settings.system ?? '');
  if (request.messages === undefined) return system + Buffer.byteLength(promptText(request));
  const texts = conversationOf(request, request.messages).flatMap(textsOf);
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), system);
}

function askedInWords(settings: ImageSettings): string {
  const words: string[] = [];
  for (const name of SETTING_NAMES) {
    const { sent } = IMAGE_SETTINGS[name];
    const value = settings[name];
    if (sent.in === 'image_config' && value !== undefined) words.push(sent.words(value));
  }
  return words.join(' ');
}

function messagesOf(request: ImageRequest): Message[] {
  const { messages, references } = request;
  if (messages === undefined) return [{ role: 'user', content: userContent(request) }];
  return conversationOf(request, messages).map(({ role, content }) => {
    const [first = ''] = content;
    if (content.length < 2 && typeof first === 'string') return { role, content: first };
    return { role, content: content.map((part) => contentPart(part, references)) };
  });
}

/** A conversation with words about the shape, and a given prefix. */
function conversationOf(
  request: Pick<ImageRequest, 'profile' | 'settings' | 'plain'>,
  messages: readonly Conversation[],
): readonly Conversation[] {
  const last = messages.at(-1);
  if (last === undefined) return messages;
  const { promptPrefix = '' } = request.settings;
  const added = [promptPrefix, ...last.content, wordsOf(request)].filter((part) => part !== '');
  return [...messages.slice(0, -1), { ...last, content: added }];
}

function contentPart(part: string | number, references: ImageRequest['references']): TextPart | ImagePart {
  if (typeof part === 'string') return { type: 'text', text: part };
  const reference = references[part];
  if (reference === undefined) throw new Error(`a message names reference ${part}, which there is not`);
  return referencePart(reference);
}

function userContent(request: ImageRequest): Message['content'] {
  const text = promptText(request);
  if (request.references.length === 0) return text;
  return [{ type: 'text', text }, ...request.references.map(referencePart)];
}

function referencePart({ type, bytes }: ReferenceImage): ImagePart {
  const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  return { type: 'image_url', image_url: { url: `data:${type};base64,${base64}` } };
}

function dialectExtras(request: ImageRequest): Partial<RequestBody> {
  if (!sendsExtras(request)) return {};
  const config = imageConfig(request);
  switch (request.profile.dialect) {
    case 'none':
      return {};
    case 'openrouter':
      return { modalities: ['image', 'text'], ...config };
    case 'google':
      return { extra_body: { google: { response_modalities: ['TEXT', 'IMAGE'], ...config } } };
  }
}

function imageConfig({ settings }: ImageRequest): { image_config?: Fields } {
  const fields = settingFields(settings, 'image_config');
  return Object.keys(fields).length === 0 ? {} : { image_config: fields };
}

/** Settings that belong there, by their wire names. */
function settingFields(settings: ImageSettings, where: 'body' | 'image_config'): Fields {
  const fields = SETTING_NAMES.flatMap((name) => {
    const { sent } = IMAGE_SETTINGS[name];
    if (sent.in !== where || !('as' in sent)) return [];
    const value = settings[name] ?? ('otherwise' in sent ? sent.otherwise : undefined);
    return value === undefined ? [] : [[sent.as, value] as const];
  });
  return Object.fromEntries(fields);
}
