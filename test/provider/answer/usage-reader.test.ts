import { describe, expect, test } from 'vitest';
import { splitUsage } from '../../../shared/domain/money/usage.ts';
import { readUsage } from '../../../shared/provider/answer/usage-reader.ts';
import { FLASH } from '../fixtures/calls.ts';

const FACTS = { imageSize: undefined, imagePixels: [1024 * 1024], promptBytes: 36, references: 0 };

describe('usage is read under every name', () => {
  test('of the OpenAI dialect, with details', () => {
    const usage = {
      prompt_tokens: 9,
      completion_tokens: 1300,
      total_tokens: 1480,
      completion_tokens_details: { reasoning_tokens: 180, image_tokens: 1120 },
    };

    expect(readUsage([{ usage }])).toEqual({
      promptTokens: 9,
      completionTokens: 1300,
      totalTokens: 1480,
      reasoningTokens: 180,
      imageTokens: 1120,
    });
  });

  test("with the call's cost in dollars, as OpenRouter reports it", () => {
    const usage = { prompt_tokens: 9, completion_tokens: 1300, total_tokens: 1309, cost: 0.0388615 };
    const ownKey = {
      ...usage,
      cost: 0.002,
      is_byok: true,
      cost_details: { upstream_inference_cost: 0.04 },
    };

    expect(readUsage([{ usage }])).toMatchObject({ costUsd: 0.0388615 });
    expect(readUsage([{ usage: ownKey }])).toMatchObject({ costUsd: 0.042 });
    expect(readUsage([{ usage: { ...ownKey, is_byok: false } }])).toMatchObject({ costUsd: 0.002 });
    for (const cost of [-1, '0.04', null, { total_cost: 1 }, Number.NaN, 1e300]) {
      expect(readUsage([{ usage: { ...usage, cost } }]), String(cost)).not.toHaveProperty('costUsd');
    }
  });

  const counts = { prompt_tokens: 9, completion_tokens: 1300 };
  test.each<[place: string, document: object]>([
    ['usage as a list', { usage: [counts] }],
    ['usage as JSON in a string', { usage: JSON.stringify(counts) }],
    ['usage of a choice', { choices: [{ usage: counts }] }],
    ['meta.tokens of Cohere', { meta: { tokens: { input_tokens: 9, output_tokens: 1300 } } }],
    ['response_metadata.token_usage of LangChain', { response_metadata: { token_usage: counts } }],
    ['stats of LM Studio', { stats: counts }],
    ['counts of Ollama, beside the answer', { done: true, prompt_eval_count: 9, eval_count: 1300 }],
    ['names in the style of .NET', { Usage: { InputTokens: 9, OutputTokens: 1300 } }],
    ['digits in strings', { usage: { prompt_tokens: '9', completion_tokens: '1300.0' } }],
  ])('%s', (_place, document) => {
    expect(readUsage([document])).toEqual({ promptTokens: 9, completionTokens: 1300 });
  });

  test.each(['IMAGE', 'Modality.IMAGE', 'image', 2, '2'])(
    'image tokens under the modality %j',
    (modality) => {
      const usageMetadata = {
        promptTokenCount: 9,
        candidatesTokensDetails: [{ modality, tokenCount: 1120 }],
      };

      expect(readUsage([{ usageMetadata }])).toEqual({ promptTokens: 9, imageTokens: 1120 });
    },
  );

  test('of its successor', () => {
    const usage = {
      input_tokens: 9,
      output_tokens: 1300,
      total_tokens: 1309,
      output_tokens_details: { image_tokens: 1120 },
    };

    expect(readUsage([{ usage }])).toEqual({
      promptTokens: 9,
      completionTokens: 1300,
      totalTokens: 1309,
      imageTokens: 1120,
    });
  });

  test('of a native body, so that thinking is priced as text', () => {
    const usageMetadata = {
      promptTokenCount: 9,
      candidatesTokenCount: 1210,
      thoughtsTokenCount: 180,
      totalTokenCount: 1399,
      candidatesTokensDetails: [
        { modality: 'IMAGE', tokenCount: 1120 },
        { modality: 'TEXT', tokenCount: 90 },
      ],
    };
    const usage = readUsage([{ usageMetadata }]);

    expect(splitUsage(usage, FACTS, FLASH)).toMatchObject({
      inputTokens: 9,
      imageTokens: 1120,
      textTokens: 270,
      basis: 'reported',
    });
  });

  test('and the last of a stream counts, unless it is empty', () => {
    const full = { prompt_tokens: 9, completion_tokens: 1300, total_tokens: 1309 };

    expect(readUsage([{ usage: { prompt_tokens: 9 } }, { usage: full }])).toMatchObject({
      totalTokens: 1309,
    });
    expect(
      readUsage([{ usage: full }, { usage: null }, { usage: { prompt_tokens: 0, total_tokens: 0 } }]),
    ).toMatchObject({ totalTokens: 1309 });
  });

  test.each<[name: string, usage: object, promptTokens: number]>([
    [
      'apart from the prompt',
      {
        promptTokenCount: 9,
        toolUsePromptTokenCount: 25,
        candidatesTokenCount: 1200,
        thoughtsTokenCount: 100,
        totalTokenCount: 1334,
      },
      34,
    ],
    [
      'in a stranger case',
      {
        PromptTokenCount: 9,
        tool_use_prompt_token_count: 25,
        candidatesTokenCount: 1300,
        totalTokenCount: 1334,
      },
      34,
    ],
    [
      'beside a facade that counts thinking as output',
      {
        prompt_tokens: 9,
        tool_use_prompt_tokens: 25,
        completion_tokens: 1300,
        completion_tokens_details: { reasoning_tokens: 100 },
        total_tokens: 1334,
      },
      34,
    ],
    [
      'already among the prompt, as the total shows',
      {
        promptTokenCount: 34,
        toolUsePromptTokenCount: 25,
        candidatesTokenCount: 1300,
        totalTokenCount: 1334,
      },
      34,
    ],
    ['without a total', { promptTokenCount: 9, toolUsePromptTokenCount: 25, candidatesTokenCount: 1300 }, 34],
    ['without a prompt', { toolUsePromptTokenCount: 25, candidatesTokenCount: 1300 }, 25],
  ])('and what tools read is input, %s', (_name, usageMetadata, promptTokens) => {
    const usage = readUsage([{ usageMetadata }]);

    expect(usage).toMatchObject({ promptTokens });
    expect(splitUsage(usage, FACTS, FLASH)).toMatchObject({ inputTokens: promptTokens });
    expect(splitUsage(usage, FACTS, FLASH)).toMatchObject({ imageTokens: 1120, textTokens: 180 });
  });

  test.each([
    { promptTokens: 9, completionTokens: 1300, totalTokens: 1309 },
    { inputTokens: 9, outputTokens: 1300, totalTokens: 1309 },
    { 'prompt-tokens': 9, 'completion-tokens': 1300, 'total-tokens': 1309 },
    { InputTokenCount: 9, OutputTokenCount: 1300, TotalTokenCount: 1309 },
    { prompt_tokens: '9', completion_tokens: '1300', total_tokens: '1309.0' },
  ])('in any case and with any separator: %j', (usage) => {
    expect(readUsage([{ usage }])).toEqual({ promptTokens: 9, completionTokens: 1300, totalTokens: 1309 });
    expect(readUsage([{ tokenUsage: usage }])).toMatchObject({ totalTokens: 1309 });
  });

  test.each([
    { output_tokens_details: { image_tokens: 1120 } },
    { completionTokensDetails: { imageTokens: 1120 } },
    { candidates_tokens_details: [{ modality: 'MODALITY_IMAGE', token_count: 1120 }] },
    { candidatesTokensDetails: [{ modality: 'Image', tokenCount: '1120' }] },
    {
      responseTokensDetails: [
        { modality: 'IMAGE', tokenCount: 600 },
        { modality: 'IMAGE', tokenCount: 520 },
      ],
    },
  ])('image tokens too: %j', (details) => {
    expect(readUsage([{ usage: { prompt_tokens: 9, ...details } }])).toEqual({
      promptTokens: 9,
      imageTokens: 1120,
    });
  });

  test('and none is invented', () => {
    expect(readUsage([{ choices: [] }, null, 'text', { usage: 'many' }])).toBeUndefined();
    expect(readUsage([{ usage: { prompt_tokens: -1, completion_tokens: 1.5, total_tokens: '12' } }])).toEqual(
      { totalTokens: 12 },
    );
  });
});
