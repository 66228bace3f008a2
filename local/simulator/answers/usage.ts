import { outputTokens, type TrueTokens } from '../tokens.ts';

/** How an answer tells its usage (provider-contract §3); all but the last two tell the truth, each in its own way. */
export const USAGE_SHAPES = [
  /** The documented three numbers, nothing on the split. */
  'documented',
  /** `completion_tokens_details` with image and reasoning tokens. */
  'image-tokens',
  /** The details are there, but `image_tokens` is 0 beside an image. */
  'zero-image-tokens',
  /** The names of the images API: `input_tokens`, `output_tokens`, `output_tokens_details`. */
  'input-output',
  /** Gemini's own `usageMetadata`. */
  'native',
  /** `total_tokens` counts thinking, `completion_tokens` does not. */
  'thinking-in-total',
  /** `total_tokens` forgets the prompt, so that it is too small for the other two. */
  'total-too-small',
  'no-total',
  'all-zero',
  'none',
] as const;
export type UsageShape = (typeof USAGE_SHAPES)[number];

export interface ReportedFields {
  readonly usage?: Readonly<Record<string, unknown>>;
  readonly usageMetadata?: Readonly<Record<string, unknown>>;
}

/** Whether a shape tells any tokens at all. */
export function reportsUsage(shape: UsageShape): boolean {
  return shape !== 'all-zero' && shape !== 'none';
}

/** The fields that an answer carries beside its choices to tell these tokens in that way. */
export function reportUsage(shape: UsageShape, tokens: TrueTokens): ReportedFields {
  const { input, reasoning, image } = tokens;
  const output = outputTokens(tokens);
  switch (shape) {
    case 'documented':
      return chatUsage(input, output, input + output);
    case 'image-tokens':
      return chatUsage(input, output, input + output, { image_tokens: image, reasoning_tokens: reasoning });
    case 'zero-image-tokens':
      return chatUsage(input, output, input + output, { image_tokens: 0, reasoning_tokens: reasoning });
    case 'input-output':
      return { usage: inputOutputUsage(tokens) };
    case 'native':
      return { usageMetadata: nativeUsage(tokens) };
    case 'thinking-in-total':
      return chatUsage(input, output - reasoning, input + output);
    case 'total-too-small':
      return chatUsage(input, output, output);
    case 'no-total':
      return chatUsage(input, output, undefined, { reasoning_tokens: reasoning });
    case 'all-zero':
      return chatUsage(0, 0, 0);
    case 'none':
      return {};
  }
}

/** Gemini's own fields, which a native body always uses. */
export function nativeUsage(tokens: TrueTokens): Record<string, unknown> {
  return {
    promptTokenCount: tokens.input,
    candidatesTokenCount: tokens.text + tokens.image,
    thoughtsTokenCount: tokens.reasoning,
    totalTokenCount: tokens.input + outputTokens(tokens),
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: tokens.input }],
    ...(tokens.image > 0 && {
      candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: tokens.image }],
    }),
  };
}

function inputOutputUsage(tokens: TrueTokens): Record<string, unknown> {
  const output = outputTokens(tokens);
  return {
    input_tokens: tokens.input,
    output_tokens: output,
    total_tokens: tokens.input + output,
    output_tokens_details: { image_tokens: tokens.image, text_tokens: output - tokens.image },
  };
}

function chatUsage(
  prompt: number,
  completion: number,
  total: number | undefined,
  details?: Readonly<Record<string, number>>,
): ReportedFields {
  return {
    usage: {
      prompt_tokens: prompt,
      completion_tokens: completion,
      ...(total !== undefined && { total_tokens: total }),
      ...(details && { completion_tokens_details: details }),
    },
  };
}
