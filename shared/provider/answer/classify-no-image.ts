import type { FailureCode } from '../../domain/calls/failure.ts';
import type { ImageSize, ModelProfile } from '../../domain/calls/models.ts';
import { looksLikeLostImage, outputOf, type ReportedUsage } from '../../domain/money/usage.ts';
import type { StopReason } from './answer-reasons.ts';

/** An answer that is no error, yet brought no usable image. */
export interface ImagelessAnswer {
  readonly reasons: readonly StopReason[];
  /** There was something that should have been an image. */
  readonly damaged: boolean;
  readonly text: string;
  readonly usage: ReportedUsage | undefined;
  readonly asked: ImageSize | undefined;
  readonly profile: ModelProfile;
}

const BLOCKED = new Set([
  'content_filter',
  'content_filtered',
  'safety',
  'prohibited_content',
  'image_prohibited_content',
  'blocklist',
  'spii',
  'image_safety',
  'refusal',
  'block_reason',
]);
const NO_IMAGE =
  /^(?:recitation|image_recitation|image_other|no_image|malformed.*|other|language|unexpected_tool_call)$/;
const CUT_SHORT = new Set(['length', 'max_tokens', 'max_output_tokens']);

/** provider-contract §5, rows 15–21, in their order. A damaged image is neither `text_only` nor lost. */
export function classifyNoImage(answer: ImagelessAnswer): FailureCode {
  const { reasons, usage } = answer;
  const isRecitation = ({ reason, detail }: StopReason): boolean =>
    NO_IMAGE.test(reason) || /^(?:image_)?recitation\b/.test(detail);

  if (reasons.some((each) => BLOCKED.has(each.reason) && !isRecitation(each))) return 'blocked';
  if (reasons.some(isRecitation)) return 'no_image';
  if (reasons.some(({ reason }) => CUT_SHORT.has(reason))) return 'max_tokens';
  if (answer.damaged) return 'bad_image';
  if (answer.text !== '') return 'text_only';
  const outputTokens = usage === undefined ? 0 : outputOf(usage).outputTokens;
  return looksLikeLostImage(outputTokens, answer.asked, answer.profile) ? 'lost_image' : 'empty';
}
