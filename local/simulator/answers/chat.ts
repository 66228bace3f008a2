import type { AnswerContext } from './answer.ts';

/** The documented body around one message (provider-contract §1), usage as this answer tells it. */
export function chatAnswerBody(
  context: AnswerContext,
  message: Readonly<Record<string, unknown>>,
  finishReason = 'stop',
): Record<string, unknown> {
  return chatAnswerBodyOf(context, [
    { index: 0, message: { role: 'assistant', ...message }, finish_reason: finishReason },
  ]);
}

/** The same with whatever stands for choices. */
export function chatAnswerBodyOf(
  context: AnswerContext,
  choices: readonly unknown[],
): Record<string, unknown> {
  return {
    id: context.id,
    object: 'chat.completion',
    created: context.createdS,
    model: context.model,
    choices,
    ...context.usage,
  };
}
