import { type AnswerContext, base64Of, dataUrlOf, type SentImage } from './answer.ts';

type Part = Record<string, unknown>;

/** One image as a part of an array, in one of the shapes seen (provider-contract §2 V2–V6, V9). */
type ImagePart = (image: SentImage) => Part | string;

export const imageUrlPart: ImagePart = (image) => ({
  type: 'image_url',
  image_url: { url: dataUrlOf(image) },
  ...thought(image),
});

export const inlineDataPart: ImagePart = (image) => ({
  inlineData: { mimeType: image.declaredType, data: base64Of(image) },
  ...thought(image),
});

export const snakeInlineDataPart: ImagePart = (image) => ({
  inline_data: { mime_type: image.declaredType, data: base64Of(image) },
  ...thought(image),
});

export const sourcePart: ImagePart = (image) => ({
  type: 'image',
  source: { type: 'base64', media_type: image.declaredType, data: base64Of(image) },
  ...thought(image),
});

/** The parts of a whole answer: what the model says, then its images in order. */
export function partsOf(
  context: AnswerContext,
  imagePart: ImagePart,
  textPart: (text: string) => Part,
): unknown[] {
  return [textPart(context.text), ...context.images.map(imagePart)];
}

export function typedText(text: string): Part {
  return { type: 'text', text };
}

export function nativeText(text: string): Part {
  return { text };
}

function thought(image: SentImage): Part {
  return image.role === 'draft' ? { thought: true } : {};
}
