import { canonicalMember, nameList, vocabulary } from '../../domain/canonical-name.ts';
import type { JsonObject } from '../../domain/json-object.ts';
import { asArray, asObject, asText, choicesOf, fieldAt } from '../json-value.ts';
import { enumMember, FINISH_REASON_NUMBERS, PROMPT_BLOCK_NUMBERS } from './reason-numbers.ts';

/** Why the model stopped, in canonical form; `detail` follows the first `:`. */
export interface StopReason {
  readonly reason: string;
  readonly detail: string;
}

/** `finish_reasons`: Bedrock's Stability models, one for each image, `null` if it is there. */
const FINISH_FIELDS = nameList(`
  finish_reason, finishReason, native_finish_reason, nativeFinishReason, stop_reason, stopReason, done_reason,
  finish_reasons`);
const REASON_TYPES = ['finish_reason', 'stop_reason', 'block_reason', 'blocked_reason'];
const LONGEST_REASON = 200;

/** All reasons in a response: finish reasons, block reasons, refusals (contract §5). */
export function readStopReasons(documents: readonly unknown[]): StopReason[] {
  return documents.flatMap((document) => {
    const object = asObject(document);
    const choices = choicesOf(object).map(asObject);
    const message = asObject(object?.message);
    const holders = [...choices, object, message].filter((each) => each !== undefined);
    const messages = [
      ...choices.flatMap((each) => [each?.message, each?.delta]),
      message,
      ...asArray(object?.output),
    ];
    const filtered = [...choices, ...asArray(object?.prompt_filter_results).map(asObject), object];
    return [
      ...holders.flatMap(finishReasons),
      ...(messages.some(isRefused) ? ['refusal'] : []),
      ...(filtered.some(isFiltered) || IMAGEN_LISTS.some((name) => asArray(object?.[name]).some(isWithheld))
        ? ['content_filter']
        : []),
      ...blockReasons(object),
    ].map(normalizeReason);
  });
}

/** `content_filter: PROHIBITED_CONTENT` → reason `content_filter`, detail `prohibited_content`. */
function normalizeReason(raw: string): StopReason {
  // Python prints a member as `<FinishReason.SAFETY: 3>`; elsewhere a detail follows the colon.
  const text = raw.slice(0, LONGEST_REASON).trim();
  if (/^<[^<>]+>$/.test(text) || /^\w+::/.test(text)) return { reason: member(text), detail: '' };
  const [reason = '', ...detail] = text.split(':');
  return { reason: member(reason), detail: member(detail.join(' ')) };
}

function member(text: string): string {
  return canonicalMember(text, REASON_TYPES);
}

function finishReasons(holder: JsonObject): string[] {
  return [
    ...FINISH_FIELDS.flatMap((name) => [holder[name]].flat()).map((each) =>
      enumMember(asObject(each)?.type ?? each, FINISH_REASON_NUMBERS),
    ),
    asText(fieldAt(holder, 'finish_details', 'type')),
    asText(fieldAt(holder, 'incomplete_details', 'reason')),
  ].filter((each) => each !== undefined);
}

function blockReasons(document: JsonObject | undefined): string[] {
  const feedback = asObject(document?.promptFeedback ?? document?.prompt_feedback);
  const block = enumMember(feedback?.blockReason ?? feedback?.block_reason, PROMPT_BLOCK_NUMBERS);
  return block === undefined || UNSPECIFIED.has(block) ? [] : [`block_reason: ${block}`];
}

const UNSPECIFIED = vocabulary('blocked_reason_unspecified, block_reason_unspecified');

/** OpenAI: a message refuses, or a part of one does. */
function isRefused(message: unknown): boolean {
  const object = asObject(message);
  return [object, ...asArray(object?.content)].some((each) => asText(asObject(each)?.refusal) !== undefined);
}

const IMAGEN_LISTS = ['predictions', 'generatedImages', 'generated_images'];

/** Imagen: why an image is not there. */
function isWithheld(image: unknown): boolean {
  const object = asObject(image);
  return asText(object?.raiFilteredReason ?? object?.rai_filtered_reason) !== undefined;
}

/** Azure: which filter held back the output. */
function isFiltered(choice: JsonObject | undefined): boolean {
  const results = asObject(choice?.content_filter_results ?? choice?.content_filter_result);
  return Object.values(results ?? {}).some((each) => asObject(each)?.filtered === true);
}
