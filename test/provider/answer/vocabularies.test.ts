import { describe, expect, test } from 'vitest';
import { canonicalMember, canonicalName, separatorlessName } from '../../../shared/domain/canonical-name.ts';
import { readStopReasons } from '../../../shared/provider/answer/answer-reasons.ts';
import fc from '../../support/property.ts';
import { callWith, failureOf } from '../fixtures/calls.ts';

const usage = { prompt_tokens: 9, completion_tokens: 20, total_tokens: 29 };
const stoppedBy = (finish_reason: unknown) => ({
  choices: [{ index: 0, message: { content: 'no' }, finish_reason }],
  usage,
});
const codeOf = async (body: unknown) => failureOf(await callWith(JSON.stringify(body))).code;

describe('a name means the same in any case and with any separator', () => {
  test.each([
    'imageSafety',
    'ImageSafety',
    'IMAGE_SAFETY',
    'image-safety',
    'image.safety',
    ' Image  safety ',
    'ＩＭＡＧＥ_ＳＡＦＥＴＹ',
    'image\u200b_safety',
  ])('%s', (name) => {
    expect(canonicalName(name)).toBe('image_safety');
  });

  test('and asking twice changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(canonicalName(canonicalName(text))).toBe(canonicalName(text));
        expect(separatorlessName(separatorlessName(text))).toBe(separatorlessName(text));
      }),
    );
  });

  test.each([
    ['FinishReason.IMAGE_SAFETY', 'image_safety'],
    ['<FinishReason.IMAGE_SAFETY: 11>', 'image_safety'],
    ['FinishReason::ImageSafety', 'image_safety'],
    ['google.rpc.Code.NOT_FOUND', 'not_found'],
    ['FINISH_REASON_SAFETY', 'safety'],
  ])('without the enumeration in front of it: %s', (text, expected) => {
    expect(canonicalMember(text, ['finish_reason'])).toBe(expected);
  });
});

describe('a prompt that was blocked is blocked, however the server writes it', () => {
  test.each<unknown>([
    'content_filter',
    'content-filter',
    'ContentFilter',
    'contentfilter',
    'CONTENT_FILTER',
    'content_filter: PROHIBITED_CONTENT',
    'FinishReason.IMAGE_SAFETY',
    'FinishReason.SAFETY',
    '<FinishReason.PROHIBITED_CONTENT: 8>',
    'FINISH_REASON_SAFETY',
    'image_safety',
    'imageSafety',
    'IMAGE-PROHIBITED-CONTENT',
    'SPII',
    'Blocklist',
    'MODEL_ARMOR',
    'guardrail_intervened',
    'refusal',
    'moderation',
    'sensitive',
    3,
    7,
    8,
    9,
    11,
    '3',
    '11',
  ])('finish reason %j', async (reason) => {
    expect(await codeOf(stoppedBy(reason))).toBe('blocked');
  });

  test.each<[string, unknown]>([
    ['promptFeedback with a name', { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } }],
    ['promptFeedback with a number', { promptFeedback: { blockReason: 4 } }],
    ['prompt_feedback', { prompt_feedback: { block_reason: 'BlockedReason.SAFETY' } }],
    [
      'native_finish_reason',
      { choices: [{ finish_reason: 'stop', native_finish_reason: 'IMAGE_SAFETY' }], usage },
    ],
    ['nativeFinishReason', { choices: [{ nativeFinishReason: 'SAFETY' }], usage }],
    ['stop_reason of a body', { content: [{ type: 'text', text: 'no' }], stop_reason: 'refusal', usage }],
    ['stopReason', { output: {}, stopReason: 'content_filtered', usage }],
    ['incomplete_details', { output: [], incomplete_details: { reason: 'content_filter' }, usage }],
    [
      'content_filter_results',
      { choices: [{ message: {}, content_filter_results: { sexual: { filtered: true } } }] },
    ],
    [
      'finishReason 11 of a candidate',
      { candidates: [{ finishReason: 11 }], usageMetadata: { promptTokenCount: 5 } },
    ],
  ])('%s', async (_name, body) => {
    expect(await codeOf(body)).toBe('blocked');
  });

  test.each<[unknown, string]>([
    ['FinishReason.RECITATION', 'no_image'],
    ['image-recitation', 'no_image'],
    ['content_filter: RECITATION', 'no_image'],
    ['NoImage', 'no_image'],
    ['MALFORMED_FUNCTION_CALL', 'no_image'],
    ['malformedResponse', 'no_image'],
    [4, 'no_image'],
    [5, 'no_image'],
    [10, 'no_image'],
    [16, 'no_image'],
    ['FinishReason.MAX_TOKENS', 'max_tokens'],
    ['MaxTokens', 'max_tokens'],
    ['max-output-tokens', 'max_tokens'],
    [2, 'max_tokens'],
    [1, 'text_only'],
    ['FinishReason.STOP', 'text_only'],
    ['end_turn', 'text_only'],
    [99, 'text_only'],
  ])('and finish reason %j is %s', async (reason, code) => {
    expect(await codeOf(stoppedBy(reason))).toBe(code);
  });

  test('an unspecified block reason is none', () => {
    expect(readStopReasons([{ promptFeedback: { blockReason: 0 } }])).toEqual([]);
  });
});
