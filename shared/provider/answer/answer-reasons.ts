import { asArray, asObject, asText } from '../json-value.ts';

/** Why the model stopped, in one form: lower case, cut at the first `:`; what stood behind it is the detail. */
export interface StopReason {
  readonly reason: string;
  readonly detail: string;
}

/** All reasons an answer gives: finish reasons of its choices, block reasons, refusals (provider-contract §5). */
export function readReasons(documents: readonly unknown[]): StopReason[] {
  return documents.flatMap((document) => {
    const object = asObject(document);
    const choices = [...asArray(object?.choices), ...asArray(object?.candidates)].map(asObject);
    const finish = choices.flatMap((choice) => [
      choice?.finish_reason,
      choice?.finishReason,
      choice?.native_finish_reason,
    ]);
    const refused = choices.some((choice) => isRefusal(choice?.message) || isRefusal(choice?.delta));
    const feedback = asObject(object?.promptFeedback ?? object?.prompt_feedback);
    const block = asText(feedback?.blockReason ?? feedback?.block_reason);
    return [
      ...finish.map(asText).filter((each) => each !== undefined),
      ...(refused ? ['refusal'] : []),
      ...(block === undefined ? [] : [`block_reason: ${block}`]),
    ].map(normalizeReason);
  });
}

/** `content_filter: PROHIBITED_CONTENT` → reason `content_filter`, detail `prohibited_content`. */
export function normalizeReason(raw: string): StopReason {
  const [reason = '', ...detail] = raw.slice(0, 200).toLowerCase().split(':');
  return { reason: reason.trim(), detail: detail.join(':').trim() };
}

function isRefusal(message: unknown): boolean {
  return asText(asObject(message)?.refusal) !== undefined;
}
