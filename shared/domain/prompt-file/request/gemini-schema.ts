import * as z from 'zod/mini';

const text = z.string('must be text');
const number = z.union([z.number(), text], 'must be a number');
const any = z.optional(z.unknown());
const nothing = z.optional(z.null());
const zero = z.optional(z.literal([0, null], 'cannot be sent to the model: take it out'));

const part = z.union(
  [
    z.object({ text, thought: z.optional(z.boolean()) }),
    z.object({ inlineData: z.object({ data: text, mimeType: z.optional(text) }) }),
    z.object({ fileData: z.object({ fileUri: text, mimeType: z.optional(text) }) }),
    text,
  ],
  'is a part that is neither text nor an image',
);
export type GeminiPart = z.output<typeof part>;

const parts = z.union([text, part, z.array(part)]);
const content = z.union([text, z.object({ role: z.optional(text), parts })]);
export type GeminiContent = z.output<typeof content>;

const imageConfig = z.strictObject({
  aspectRatio: z.optional(z.nullable(text)),
  imageSize: z.optional(z.nullable(text)),
});

export const generationConfig = z.strictObject({
  temperature: z.optional(z.nullable(number)),
  topP: z.optional(z.nullable(number)),
  maxOutputTokens: z.optional(z.nullable(number)),
  candidateCount: z.optional(z.nullable(number)),
  imageConfig: z.optional(z.nullable(imageConfig)),
  responseModalities: z.optional(
    z.nullable(
      z
        .array(text)
        .check(z.refine((all) => all.some((each) => /^image$/i.test(each)), 'ask for no image: add "IMAGE"')),
    ),
  ),
  responseMimeType: z.optional(z.enum(['text/plain', 'image/png', 'image/jpeg', 'image/webp'])),
  presencePenalty: zero,
  frequencyPenalty: zero,
  topK: nothing,
  seed: nothing,
  stopSequences: z.optional(z.array(z.never())),
  thinkingConfig: z.optional(z.strictObject({ includeThoughts: z.optional(z.boolean()) })),
});

export type GenerationConfig = z.output<typeof generationConfig>;

/** A request of Google's generateContent; `config` is what its Python library calls it. */
export const geminiRequest = z.strictObject({
  model: z.optional(text),
  contents: z.union([content, z.array(content)]),
  systemInstruction: z.optional(z.union([content, z.object({ parts })])),
  generationConfig: z.optional(generationConfig),
  config: z.optional(
    z.strictObject({
      ...generationConfig.shape,
      systemInstruction: z.optional(z.union([content, z.object({ parts })])),
    }),
  ),
  safetySettings: any,
  labels: any,
  tools: z.optional(z.array(z.never(), 'cannot be sent to the model: take it out')),
});
export type GeminiRequest = z.output<typeof geminiRequest>;
