import {
  type Answer,
  type AnswerContext,
  base64Of,
  dataUrlOf,
  jsonAnswer,
  resultImage,
  type SentImage,
} from './answer.ts';
import { chatAnswerBody } from './chat.ts';
import { eventContent, eventContentBlocks, eventImages } from './events.ts';
import {
  imageUrlPart,
  inlineDataPart,
  nativeText,
  partsOf,
  snakeInlineDataPart,
  sourcePart,
  typedText,
} from './parts.ts';
import { nativeUsage } from './usage.ts';

type Body = (context: AnswerContext) => unknown;

/** Where the image is, as JSON: provider-contract §2, by the table's own numbers. */
const BODIES = {
  V1: (context) =>
    chatAnswerBody(context, { content: `${context.text}\n${markdownImages(context, dataUrlOf)}` }),
  V1b: (context) =>
    chatAnswerBody(context, { content: `${context.text} ${dataUrlOf(resultImage(context))}` }),
  'V1b-broken-lines': (context) =>
    chatAnswerBody(context, {
      content: `${context.text}\n${brokenLines(dataUrlOf(resultImage(context)), context)}`,
    }),
  V1c: (context) => chatAnswerBody(context, { content: base64Of(resultImage(context)) }),
  V1d: (context) =>
    chatAnswerBody(context, {
      content: `${context.text}\n${markdownImages(context, (image) => image.link())}`,
    }),
  V2: withImages(imageUrlPart),
  'V2-string': withImages(dataUrlOf),
  'V2-url': withImages((image) => ({ url: dataUrlOf(image) })),
  'V2-image-url-string': withImages((image) => ({ type: 'image_url', image_url: dataUrlOf(image) })),
  'V2-b64-json': withImages((image) => ({ b64_json: base64Of(image) })),
  'V2-data': withImages((image) => ({ data: base64Of(image), mime_type: image.declaredType })),
  'V2-single': (context) =>
    chatAnswerBody(context, { content: context.text, image: { url: dataUrlOf(resultImage(context)) } }),
  'V3-image-url': (context) =>
    chatAnswerBody(context, { content: partsOf(context, imageUrlPart, typedText) }),
  'V3-inline-data': (context) =>
    chatAnswerBody(context, { content: partsOf(context, snakeInlineDataPart, typedText) }),
  'V3-inlineData': (context) =>
    chatAnswerBody(context, { content: partsOf(context, inlineDataPart, nativeText) }),
  'V3-source': (context) => chatAnswerBody(context, { content: partsOf(context, sourcePart, typedText) }),
  V4: (context) => chatAnswerBody(context, { content_blocks: partsOf(context, imageUrlPart, typedText) }),
  V5: (context) => imagesApiBody(context, (image) => ({ b64_json: base64Of(image) })),
  'V5-url': (context) => imagesApiBody(context, (image) => ({ url: image.link() })),
  'V6-gemini-parts': (context) =>
    chatAnswerBody(context, {
      content: context.text,
      extra_content: { google: { gemini_parts: partsOf(context, inlineDataPart, nativeText) } },
    }),
  'V6-outputs': (context) =>
    chatAnswerBody(context, {
      content: null,
      extra_content: { outputs: partsOf(context, imageUrlPart, typedText) },
    }),
  V9: nativeBody,
  'V10-array': (context) => [wrapped(context)],
  'V10-data': (context) => ({ data: wrapped(context) }),
  'V10-result': (context) => ({ result: wrapped(context) }),
  'V10-response': (context) => ({ success: true, response: wrapped(context) }),
  'V10-body': (context) => ({ status_code: 200, body: wrapped(context) }),
} satisfies Record<string, Body>;

const EVENTS = {
  'V7-content': eventContent,
  'V7-images': eventImages,
  'V7-content-blocks': eventContentBlocks,
} satisfies Record<string, (context: AnswerContext) => Answer>;

export type VariantName = keyof typeof BODIES | keyof typeof EVENTS;
export const EVENT_VARIANTS = Object.keys(EVENTS) as (keyof typeof EVENTS)[];
export const VARIANTS = [...Object.keys(BODIES), ...EVENT_VARIANTS] as VariantName[];

/** Variants whose parts can say that an image is only a thought. */
export const VARIANTS_WITH_DRAFTS: ReadonlySet<VariantName> = new Set<VariantName>([
  'V3-image-url',
  'V3-inline-data',
  'V3-inlineData',
  'V3-source',
  'V4',
  'V6-gemini-parts',
  'V6-outputs',
  'V9',
]);
/** Variants that have room for one image only. */
export const VARIANTS_OF_ONE: ReadonlySet<VariantName> = new Set<VariantName>([
  'V1b',
  'V1b-broken-lines',
  'V1c',
  'V2-single',
]);
/** Variants that need a place from which the image can be fetched. */
export const VARIANTS_BY_LINK: ReadonlySet<VariantName> = new Set<VariantName>(['V1d', 'V5-url']);

/** Builds the answer that brings its images in that place. */
export function imageAnswer(variant: VariantName, context: AnswerContext): Answer {
  if (isEventVariant(variant)) return EVENTS[variant](context);
  return jsonAnswer(200, BODIES[variant](context));
}

export function isEventVariant(variant: VariantName): variant is keyof typeof EVENTS {
  return Object.hasOwn(EVENTS, variant);
}

function withImages(item: (image: SentImage) => unknown): Body {
  return (context) => chatAnswerBody(context, { content: context.text, images: context.images.map(item) });
}

function markdownImages(context: AnswerContext, urlOf: (image: SentImage) => string): string {
  return context.images.map((image) => `![image](${urlOf(image)})`).join('\n');
}

function brokenLines(dataUrl: string, context: AnswerContext): string {
  const [head = '', data = ''] = dataUrl.split(',');
  const lines = data.match(/.{1,76}/g) ?? [];
  return `${head},${lines.join(context.random.pick(['\n', '\r\n', ' ']))}`;
}

function imagesApiBody(context: AnswerContext, item: (image: SentImage) => unknown): unknown {
  return { created: context.createdS, data: context.images.map(item), ...context.usage };
}

function nativeBody(context: AnswerContext): unknown {
  const parts = partsOf(context, inlineDataPart, nativeText);
  return {
    candidates: [{ index: 0, content: { role: 'model', parts }, finishReason: 'STOP' }],
    usageMetadata: nativeUsage(context.tokens),
    modelVersion: context.model,
    responseId: context.id,
  };
}

function wrapped(context: AnswerContext): unknown {
  const body = context.random.pick<keyof typeof BODIES>(['V1', 'V2', 'V3-image-url', 'V6-gemini-parts']);
  return BODIES[body](context);
}
