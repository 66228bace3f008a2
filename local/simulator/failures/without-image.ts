import { type Answer, type AnswerContext, jsonAnswer } from '../answers/answer.ts';
import { chatAnswerBody, chatAnswerBodyOf } from '../answers/chat.ts';
import { nativeUsage } from '../answers/usage.ts';
import { billed, type SimulatedFailure } from './failure.ts';

/** Whole answers that bring no image, billed by their usage: rows 15–20 of provider-contract §5. */
export const ANSWERS_WITHOUT_IMAGE = {
  'blocked-content-filter': billed('blocked', 'text', (context) =>
    jsonAnswer(200, chatAnswerBody(context, { content: null }, 'content_filter: PROHIBITED_CONTENT')),
  ),
  'blocked-image-safety': billed('blocked', 'text', (context) =>
    nativeWithoutImage(context, { finishReason: 'IMAGE_SAFETY' }),
  ),
  'blocked-prompt': billed('blocked', 'input', ({ tokens, model }) =>
    jsonAnswer(200, {
      promptFeedback: { blockReason: 'PROHIBITED_CONTENT' },
      usageMetadata: nativeUsage(tokens),
      modelVersion: model,
    }),
  ),
  'blocked-refusal': billed('blocked', 'text', (context) =>
    jsonAnswer(200, chatAnswerBody(context, { content: null, refusal: 'I cannot help with this image.' })),
  ),
  'no-image-recitation': billed('no_image', 'text', (context) =>
    jsonAnswer(200, chatAnswerBody(context, { content: null }, 'content_filter: RECITATION')),
  ),
  'no-image-native': billed('no_image', 'text', (context) =>
    nativeWithoutImage(context, { finishReason: 'NO_IMAGE' }),
  ),
  'no-image-other': billed('no_image', 'text', (context) =>
    jsonAnswer(200, chatAnswerBody(context, { content: '' }, 'image_other')),
  ),
  'no-image-malformed': billed('no_image', 'text', (context) =>
    jsonAnswer(200, chatAnswerBody(context, { content: null }, 'malformed_function_call')),
  ),
  'max-tokens': billed('max_tokens', 'limit', (context) =>
    jsonAnswer(200, chatAnswerBody(context, { content: context.text }, 'length')),
  ),
  'text-only': billed('text_only', 'text', (context) =>
    jsonAnswer(
      200,
      chatAnswerBody(context, { content: 'What a fine idea! Shall I draw it by day or by night?' }),
    ),
  ),
  /** V8: billed as if there were an image; whether it was one can be told only if the usage is split. */
  'lost-image': billed('lost_image', 'image', (context) =>
    jsonAnswer(200, chatAnswerBody(context, { content: context.random.pick(['', null]) })),
  ),
  'empty-no-choices': {
    code: 'empty',
    uses: 'text',
    billedShare: 0.5,
    answer: (context) => jsonAnswer(200, chatAnswerBodyOf(context, [])),
  },
  'empty-no-message': {
    code: 'empty',
    uses: 'text',
    billedShare: 0.5,
    answer: (context) => jsonAnswer(200, chatAnswerBodyOf(context, [{ index: 0, finish_reason: 'stop' }])),
  },
  'empty-null-content': {
    code: 'empty',
    uses: 'text',
    billedShare: 0.5,
    answer: (context) => jsonAnswer(200, chatAnswerBody(context, { content: null })),
  },
} satisfies Record<string, SimulatedFailure>;

function nativeWithoutImage(context: AnswerContext, candidate: Readonly<Record<string, unknown>>): Answer {
  return jsonAnswer(200, {
    candidates: [{ index: 0, ...candidate }],
    usageMetadata: nativeUsage(context.tokens),
    modelVersion: context.model,
  });
}
