import { nameList } from '../../domain/canonical-name.ts';
import { asText } from '../json-value.ts';

/**
 * Enumerations by number: google.ai.generativelanguage.v1beta.Candidate.FinishReason; from 13 on as in
 * google.cloud.aiplatform.v1.Candidate.FinishReason, whose 6–10 differ: BLOCKLIST, PROHIBITED_CONTENT, SPII,
 * MALFORMED_FUNCTION_CALL, MODEL_ARMOR.
 */
export const FINISH_REASON_NUMBERS: readonly string[] = nameList(`
  FINISH_REASON_UNSPECIFIED, STOP, MAX_TOKENS, SAFETY, RECITATION, OTHER, LANGUAGE, BLOCKLIST,
  PROHIBITED_CONTENT, SPII, MALFORMED_FUNCTION_CALL, IMAGE_SAFETY, UNEXPECTED_TOOL_CALL, IMAGE_RECITATION,
  IMAGE_OTHER, UNEXPECTED_TOOL_CALL, NO_IMAGE`);

/** google.ai.generativelanguage.v1beta.GenerateContentResponse.PromptFeedback.BlockReason. */
export const PROMPT_BLOCK_NUMBERS: readonly string[] = nameList(`
  BLOCK_REASON_UNSPECIFIED, SAFETY, OTHER, BLOCKLIST, PROHIBITED_CONTENT, IMAGE_SAFETY`);

/** An enumeration's member on the wire, by name or number; unknown numbers stay. */
export function enumMember(value: unknown, numbers: readonly string[]): string | undefined {
  const text = typeof value === 'number' ? String(value) : asText(value)?.trim();
  return text !== undefined && /^\d{1,3}$/.test(text) ? (numbers[Number(text)] ?? text) : text;
}
