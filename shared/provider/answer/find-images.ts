import { nameList } from '../../domain/canonical-name.ts';
import type { JsonObject } from '../../domain/json-object.ts';
import { asArray, asObject, asText, fieldAt } from '../json-value.ts';
import { findRuns } from '../scan/marked-text.ts';
import type { Marks } from '../scan/marks.ts';
import { type ImageCandidate, type LinkCandidate, readContentText } from './content-text.ts';
import { findElsewhere } from './find-elsewhere.ts';

/** A response without usage and reasons, in order. */
export interface AnswerContent {
  readonly images: readonly ImageCandidate[];
  readonly links: readonly LinkCandidate[];
  readonly text: string;
}

interface Collected {
  readonly strings: string[];
  readonly thoughts: string[];
  readonly images: ImageCandidate[];
  readonly links: LinkCandidate[];
}

const DEEPEST_PART = 4;
const IMAGE_FIELDS = nameList(`
  b64_json, url, image_url, imageUrl, inline_data, inlineData, source, data, image, file_data, fileData,
  file_uri, fileUri, result, bytes, base64`);
/** Lists of images or parts, beside or inside a message. */
const IMAGE_LISTS = ['images', 'image', 'generated_images', 'output_images', 'attachments', 'files', 'media'];
const PART_LISTS = [
  ['parts'],
  ['content_blocks'],
  ['content_parts'],
  ['multi_mod_content'],
  ['extra_content', 'google', 'gemini_parts'],
  ['extra_content', 'outputs'],
];

/** Finds images in every place of provider-contract §2, in every choice. Joins a stream's pieces per choice first. */
export function findImages(documents: readonly unknown[], marks: Marks): AnswerContent {
  const choices = new Map<string, Collected>();
  const collectedFor = (name: string): Collected => {
    const known = choices.get(name) ?? { strings: [], thoughts: [], images: [], links: [] };
    choices.set(name, known);
    return known;
  };

  for (const document of documents) {
    const object = asObject(document);
    asArray(object?.choices).forEach((choice, position) => {
      const object = asObject(choice);
      const into = collectedFor(`choice ${object?.index ?? position}`);
      readMessage(object?.message, '\n', marks, into);
      readMessage(object?.delta, '', marks, into);
      readMessage(object?.text, '\n', marks, into);
      if (object !== undefined) readLists(object, '\n', marks, into);
    });
    asArray(object?.candidates).forEach((candidate, position) => {
      const into = collectedFor(`candidate ${asObject(candidate)?.index ?? position}`);
      readMessage(asObject(candidate)?.content, '', marks, into);
    });
    const body = collectedFor('body');
    readMessage(object?.message ?? document, '\n', marks, body);
    // Pieces of Anthropic's streams, and of the Responses API's.
    if (object !== undefined && 'delta' in object) readPart(object.delta, '', marks, body, 0);
    for (const item of asArray(object?.output)) readMessage(item, '\n', marks, body);
    for (const item of asArray(object?.data)) readImage(item, false, marks, body, 0);
  }
  const content = joined([...choices.values()], marks);
  if (content.images.some((each) => !each.thought)) return content;
  const elsewhere = findElsewhere(documents, marks);
  return {
    ...content,
    images: [...content.images, ...elsewhere.images],
    links: [...content.links, ...elsewhere.links],
  };
}

function joined(choices: readonly Collected[], marks: Marks): AnswerContent {
  const read = choices.map((each) => ({
    content: readContentText(each.strings.join(''), marks, false),
    thoughts: readContentText(each.thoughts.join(''), marks, true),
    each,
  }));
  return {
    images: read.flatMap(({ content, thoughts, each }) => [
      ...content.images,
      ...each.images,
      ...thoughts.images,
    ]),
    links: read.flatMap(({ content, each }) => [...content.links, ...each.links]),
    text: read
      .map(({ content }) => content.text)
      .filter(Boolean)
      .join('\n')
      .trim(),
  };
}

function readMessage(message: unknown, separator: string, marks: Marks, into: Collected): void {
  const text = asText(message);
  if (text !== undefined) into.strings.push(text);
  const object = asObject(message);
  if (object === undefined) return;

  const content = asText(object.content);
  if (content !== undefined) into.strings.push(content);
  const parts = [...asArray(object.content), ...(asObject(object.content) ? [object.content] : [])];
  for (const part of parts) readPart(part, separator, marks, into, 0);
  readLists(object, separator, marks, into);
  for (const thought of [asText(object.reasoning_content), asText(object.reasoning)]) {
    if (thought !== undefined) into.thoughts.push(thought);
  }
}

function readLists(object: JsonObject, separator: string, marks: Marks, into: Collected): void {
  for (const image of IMAGE_LISTS.flatMap((name) => listed(object[name]))) {
    readImage(image, false, marks, into, 0);
  }
  for (const part of PART_LISTS.flatMap((path) => asArray(fieldAt(object, ...path)))) {
    readPart(part, separator, marks, into, 0);
  }
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function readPart(part: unknown, separator: string, marks: Marks, into: Collected, depth: number): void {
  const object = asObject(part);
  const text = asText(part) ?? asText(object?.text) ?? asText(object?.thinking);
  const thought = object !== undefined && isThought(object);
  if (text !== undefined) (thought ? into.thoughts : into.strings).push(text + separator);
  if (object === undefined || depth > DEEPEST_PART) return;
  for (const inner of [...asArray(object.parts), ...asArray(object.content)]) {
    readPart(inner, separator, marks, into, depth + 1);
  }
  readImage(object, thought, marks, into, depth);
}

/** An image as a string, or in an object under any known name. */
function readImage(value: unknown, thought: boolean, marks: Marks, into: Collected, depth: number): void {
  const text = asText(value);
  if (text !== undefined) readImageString(text, thought, marks, into);
  const object = asObject(value);
  if (object === undefined || depth > DEEPEST_PART || isOtherMedium(object)) return;
  for (const name of IMAGE_FIELDS) {
    readImage(object[name], thought || isThought(object), marks, into, depth + 1);
  }
}

function readImageString(text: string, thought: boolean, marks: Marks, into: Collected): void {
  if (/^\s*https?:/i.test(text)) {
    into.links.push({ url: text.trim(), claimed: true });
    return;
  }
  const { images } = readContentText(text, marks, thought);
  into.images.push(...images);
  if (images.length > 0) return;
  // No image by its first bytes: in an image's place, other base64 is a damaged image.
  const [only] = findRuns(text, marks);
  if (only?.from === 0) into.images.push({ base64: only.base64, thought });
}

function isThought(part: JsonObject): boolean {
  return part.thought === true || part.type === 'thinking' || part.type === 'reasoning';
}

function isOtherMedium(part: JsonObject): boolean {
  const mime = asText(part.mime_type) ?? asText(part.mimeType) ?? asText(part.media_type);
  return mime !== undefined && /^(audio|video|text)\//i.test(mime);
}
