import type { FailureCode } from '../../domain/calls/failure.ts';
import type { ImageSize, ModelProfile } from '../../domain/calls/models.ts';
import { vocabulary } from '../../domain/canonical-name.ts';
import { looksLikeLostImage, outputOf, type ReportedUsage } from '../../domain/money/usage.ts';
import type { StopReason } from './answer-reasons.ts';

interface ImagelessAnswer {
  readonly reasons: readonly StopReason[];
  /** Something should have been an image. */
  readonly damaged: boolean;
  readonly text: string;
  readonly usage: ReportedUsage | undefined;
  readonly asked: ImageSize | undefined;
  readonly profile: ModelProfile;
}

/** Row 15, in the spelling of Google, OpenAI, Azure, Anthropic, Bedrock, Zhipu, Alibaba and gateways. */
const BLOCKED = vocabulary(`
  content_filter, content_filtered, filtered, safety, safety_block, safety_blocked, blocked,
  blocked_by_safety, prohibited_content, image_prohibited_content, image_safety, blocklist, spii, model_armor,
  refusal, refused, block_reason, prompt_blocked, moderation, moderated, moderation_blocked,
  content_moderation, content_policy, content_policy_violation, policy_violation, flagged, sensitive, nsfw,
  guardrail_intervened, data_inspection_failed, error_toxic`);
/** Row 16. */
const NO_IMAGE = vocabulary(`
  recitation, image_recitation, image_other, no_image, other, language, unexpected_tool_call,
  too_many_tool_calls, malformed, malformed_function_call, malformed_response, malformed_tool_call,
  malformed_output`);
/** Row 17. */
const CUT_SHORT = vocabulary(`
  length, max_length, model_length, max_tokens, max_token, max_output_tokens, max_completion_tokens,
  token_limit`);
const RECITATION = vocabulary('recitation, image_recitation');

/** What gateways make of them: `content_policy_blocked`, `safety_filter`, `unsafe_output`. */
const BLOCKED_WORD =
  /(?:^|_)(?:safety|unsafe|moderat(?:ed|ion)|blocked|filter(?:ed)?|prohibited|policy|nsfw|guardrails?|sensitive|harmful)(?:_|$)/;

function isBlocked(reason: string): boolean {
  return BLOCKED.has(reason) || BLOCKED_WORD.test(reason);
}

/** provider-contract §5, rows 15–21, in their order. A damaged image is neither `text_only` nor lost. */
export function classifyNoImage(answer: ImagelessAnswer): FailureCode {
  const { reasons, usage } = answer;
  const isRecitation = ({ reason, detail }: StopReason): boolean =>
    NO_IMAGE.has(reason) || reason.startsWith('malformed_') || RECITATION.has(detail);

  if (reasons.some((each) => isBlocked(each.reason) && !isRecitation(each))) return 'blocked';
  if (reasons.some(isRecitation)) return 'no_image';
  if (reasons.some(({ reason }) => CUT_SHORT.has(reason))) return 'max_tokens';
  if (answer.damaged) return 'bad_image';
  if (answer.text !== '') return 'text_only';
  const outputTokens = usage === undefined ? 0 : outputOf(usage).outputTokens;
  return looksLikeLostImage(outputTokens, answer.asked, answer.profile) ? 'lost_image' : 'empty';
}
