import { describe, expect, test } from 'vitest';
import { jsonContent } from '../../../shared/domain/prompt-file/json/json-content.ts';
import { brief, readAll } from './read-all.ts';

type Fate =
  /** It is this cell of the row. */
  | readonly [column: string, text: string]
  /** The row is rejected. */
  | 'refused'
  /** Passed over, and named in the line about columns. */
  | 'told'
  /** Passed over: nothing that alters an answer. */
  | 'without effect';

function fateOf(line: object, field: string): unknown {
  const content = jsonContent(JSON.stringify(line));
  if (content.kind === 'rejected')
    return content.reason.includes(field) || content.column === field ? 'refused' : content.reason;
  const told = content.columns?.find(({ kind, name }) => kind === 'unsent' && name === field);
  if (told !== undefined) return 'told';
  const { prompt: _, id: __, ...cells } = content.fields;
  return Object.keys(cells).length === 0 ? 'without effect' : Object.entries(cells)[0];
}

const fn = { type: 'function', function: { name: 'f' } };

/** Every field of a chat completion's body: platform.openai.com/docs/api-reference/chat/create, and OpenRouter's parameters. */
const CHAT: readonly (readonly [field: string, value: unknown, fate: Fate])[] = [
  ['model', 'gemini-3-pro-image-preview', ['model', 'gemini-3-pro-image-preview']],
  ['temperature', 0.4, ['temperature', '0.4']],
  ['top_p', 0.4, ['top_p', '0.4']],
  ['n', 2, ['variants', '2']],
  ['max_tokens', 9000, ['max_tokens', '9000']],
  ['max_completion_tokens', 9000, ['max_tokens', '9000']],
  ['size', '1024x1024', ['size', '1024x1024']],
  ['aspect_ratio', '16:9', ['aspect_ratio', '16:9']],
  ['image_config', { aspect_ratio: '16:9' }, ['aspect_ratio', '16:9']],
  ['extra_body', { google: { image_config: { image_size: '2K' } } }, ['image_size', '2K']],
  ['modalities', ['image', 'text'], 'without effect'],
  ['modalities', ['text'], 'refused'],
  ['response_format', { type: 'text' }, 'without effect'],
  ['response_format', { type: 'json_schema', json_schema: {} }, 'refused'],
  ['audio', { voice: 'alloy' }, 'refused'],
  ['frequency_penalty', 1, 'refused'],
  ['frequency_penalty', 0, 'without effect'],
  ['presence_penalty', 1, 'refused'],
  ['function_call', 'auto', 'refused'],
  ['functions', [{ name: 'f' }], 'refused'],
  ['tools', [fn], 'refused'],
  ['tools', [], 'without effect'],
  ['tool_choice', 'none', 'without effect'],
  ['parallel_tool_calls', true, 'without effect'],
  ['logit_bias', { 50256: -100 }, 'refused'],
  ['logprobs', true, 'without effect'],
  ['top_logprobs', 2, 'without effect'],
  ['metadata', { name: 'x' }, 'without effect'],
  ['prediction', { type: 'content', content: 'x' }, 'refused'],
  ['prompt_cache_key', 'x', 'without effect'],
  ['reasoning_effort', 'low', 'refused'],
  ['safety_identifier', 'x', 'without effect'],
  ['seed', 7, 'refused'],
  ['service_tier', 'flex', 'told'],
  ['stop', ['x'], 'refused'],
  ['store', true, 'without effect'],
  ['stream', true, 'without effect'],
  ['stream_options', { include_usage: true }, 'without effect'],
  ['user', 'x', 'without effect'],
  ['verbosity', 'low', 'refused'],
  ['web_search_options', {}, 'refused'],
  ['provider', { order: ['x'] }, 'told'],
  ['models', ['a', 'b'], 'told'],
  ['route', 'fallback', 'told'],
  ['transforms', ['middle-out'], 'told'],
  ['plugins', [{ id: 'web' }], 'refused'],
  ['reasoning', { effort: 'low' }, 'refused'],
  ['top_k', 40, 'refused'],
  ['min_p', 0.1, 'refused'],
  ['repetition_penalty', 1.1, 'refused'],
];

/** Every field of a generateContent request: ai.google.dev/api/generate-content, and Vertex AI's. */
const GEMINI: readonly (readonly [field: string, value: unknown, fate: Fate])[] = [
  ['model', 'models/gemini-3-pro-image-preview', ['model', 'models/gemini-3-pro-image-preview']],
  ['systemInstruction', { parts: [{ text: 'be brief' }] }, ['system', 'be brief']],
  ['safetySettings', [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }], 'told'],
  ['tools', [{ googleSearch: {} }], 'refused'],
  ['toolConfig', { functionCallingConfig: {} }, 'refused'],
  ['cachedContent', 'cachedContents/x', 'refused'],
  ['labels', { team: 'a' }, 'without effect'],
];

/** Every field of its generationConfig. */
const GENERATION: readonly (readonly [field: string, value: unknown, fate: Fate])[] = [
  ['temperature', 0.4, ['temperature', '0.4']],
  ['topP', 0.4, ['top_p', '0.4']],
  ['topK', 40, 'refused'],
  ['candidateCount', 2, ['variants', '2']],
  ['maxOutputTokens', 9000, ['max_tokens', '9000']],
  ['stopSequences', ['x'], 'refused'],
  ['responseMimeType', 'text/plain', 'without effect'],
  ['responseMimeType', 'application/json', 'refused'],
  ['responseSchema', { type: 'OBJECT' }, 'refused'],
  ['responseJsonSchema', {}, 'refused'],
  ['responseModalities', ['TEXT', 'IMAGE'], 'without effect'],
  ['responseModalities', ['TEXT'], 'refused'],
  ['seed', 7, 'refused'],
  ['presencePenalty', 1, 'refused'],
  ['frequencyPenalty', 1, 'refused'],
  ['responseLogprobs', true, 'refused'],
  ['logprobs', 2, 'refused'],
  ['enableEnhancedCivicAnswers', true, 'refused'],
  ['speechConfig', {}, 'refused'],
  ['thinkingConfig', { includeThoughts: true }, 'without effect'],
  ['thinkingConfig', { thinkingBudget: 0 }, 'refused'],
  ['thinkingConfig', { thinkingLevel: 'low' }, 'refused'],
  ['imageConfig', { aspectRatio: '16:9' }, ['aspect_ratio', '16:9']],
  ['imageConfig', { imageSize: '2K' }, ['image_size', '2K']],
  ['imageConfig', { personGeneration: 'ALLOW_ALL' }, 'refused'],
  ['imageConfig', { imageOutputOptions: { mimeType: 'image/jpeg' } }, 'refused'],
  ['mediaResolution', 'MEDIA_RESOLUTION_LOW', 'refused'],
];

const contents = [{ parts: [{ text: 'a cat' }] }];

describe('each documented field is sent, refused, reported, or without effect', () => {
  test.each(CHAT)('of a chat completion: %s %j', (field, value, fate) => {
    const body = { messages: [{ role: 'user', content: 'a cat' }], [field]: value };

    expect(fateOf({ custom_id: 'a', body }, field)).toEqual(fate);
  });

  test.each(GEMINI)('of generateContent: %s %j', (field, value, fate) => {
    expect(fateOf({ key: 'a', request: { contents, [field]: value } }, field)).toEqual(fate);
  });

  test.each(GENERATION)('of generationConfig: %s %j', (field, value, fate) => {
    const request = { contents, generationConfig: { [field]: value } };

    expect(fateOf({ key: 'a', request }, field)).toEqual(fate);
  });

  test("of a message: its speaker and an image's detail are reported", () => {
    const image = { type: 'image_url', image_url: { url: 'https://x.example/a.png', detail: 'high' } };
    const body = {
      messages: [{ role: 'user', name: 'ann', content: [{ type: 'text', text: 'a cat' }, image] }],
    };

    expect(fateOf({ body }, 'detail')).toBe('told');
    expect(fateOf({ body }, 'name')).toBe('told');
  });
});

describe('a request to the Responses API', () => {
  const read = (body: object) => jsonContent(JSON.stringify({ custom_id: 'a', url: '/v1/responses', body }));

  test('is taken as the chat that it asks for', () => {
    const body = {
      model: 'gemini-3-pro-image-preview',
      instructions: 'be brief',
      input: [
        {
          type: 'message',
          role: 'user',
          content: [
            { type: 'input_text', text: 'a cat' },
            { type: 'input_image', image_url: 'https://x.example/a.png' },
          ],
        },
      ],
      tools: [{ type: 'image_generation', size: '1536x1024', quality: 'auto' }],
      max_output_tokens: 9000,
    };

    expect(read(body)).toMatchObject({
      kind: 'row',
      literal: true,
      fields: {
        id: 'a',
        prompt: 'a cat',
        system: 'be brief',
        model: 'gemini-3-pro-image-preview',
        references: 'https://x.example/a.png',
        size: '1536x1024',
        max_tokens: '9000',
      },
    });
    expect(read({ input: 'a dog' })).toMatchObject({ fields: { prompt: 'a dog' } });
  });

  test.each([
    [{ tools: [{ type: 'web_search' }] }, 'body.tools.0.type is a tool that cannot be sent'],
    [{ tools: [{ type: 'image_generation', quality: 'high' }] }, 'body.tools.0.quality cannot be sent'],
    [{ previous_response_id: 'resp_1' }, 'write the whole conversation'],
    [{ background: true }, 'body.background cannot be sent'],
    [{ reasoning: { effort: 'low' } }, 'body.reasoning cannot be sent'],
    [{ size: '1024x1024' }, 'belongs into the tool image_generation'],
  ])('is rejected for what cannot be sent: %j', (more, reason) => {
    expect(read({ input: 'a cat', ...more })).toMatchObject({
      kind: 'rejected',
      reason: expect.stringContaining(reason),
    });
  });
});

describe('a request to Imagen', () => {
  const read = (line: object) => jsonContent(JSON.stringify(line));

  test('is its prompt, with its parameters as columns', () => {
    const parameters = { sampleCount: 2, aspectRatio: '16:9', sampleImageSize: '2K' };
    const fields = { prompt: 'a cat {{x}}', variants: '2', aspect_ratio: '16:9', image_size: '2K' };

    const request = { instances: [{ prompt: 'a cat {{x}}' }], parameters };
    expect(read(request)).toMatchObject({ kind: 'row', fields, literal: true });
    expect(read({ request, name: 'kat' })).toMatchObject({ fields: { ...fields, name: 'kat' } });
  });

  test.each([
    [{ instances: [{ prompt: 'a' }, { prompt: 'b' }] }, 'write a line for each'],
    [{ instances: [{ prompt: 'a', image: {} }] }, 'instances.0.image cannot be sent'],
    [{ instances: [{ prompt: 'a' }], parameters: { negativePrompt: 'x' } }, 'no model here has'],
    [{ instances: [{ prompt: 'a' }], parameters: { prompt: 'x' } }, 'stands in instances and in parameters'],
  ])('is rejected for what cannot be sent: %j', (line, reason) => {
    expect(read(line)).toMatchObject({ kind: 'rejected', reason: expect.stringContaining(reason) });
  });
});

test.each([
  ['/v1/embeddings', { input: 'a cat' }],
  ['/v1/moderations', { input: 'a cat' }],
  ['/v1/audio/speech', { input: 'a cat', voice: 'alloy' }],
])('a line for %s is no image, and rejected', (url, body) => {
  const content = jsonContent(JSON.stringify({ custom_id: 'a', url, body }));

  expect(content).toMatchObject({
    kind: 'rejected',
    reason: expect.stringContaining(`the line is for ${url}`),
  });
});

describe('a row of another tool', () => {
  const fieldsOf = (row: object) => {
    const content = jsonContent(JSON.stringify(row));
    return content.kind === 'row' ? content.fields : content.reason;
  };

  test.each([
    [
      { prompt: 'a', options: { aspect_ratio: '16:9' } },
      { prompt: 'a', aspect_ratio: '16:9' },
    ],
    [
      { prompt: 'a', settings: { imageSize: '2K' } },
      { prompt: 'a', image_size: '2K' },
    ],
    [
      { prompt: 'a', parameters: { aspectRatio: '16:9', n: 2 } },
      { prompt: 'a', aspect_ratio: '16:9', variants: '2' },
    ],
    [{ input: { prompt: 'a', aspect_ratio: '16:9' } }, { prompt: 'a', aspect_ratio: '16:9' }],
    [
      { image_request: { prompt: 'a', aspect_ratio: 'ASPECT_16_9' } },
      { prompt: 'a', aspect_ratio: 'ASPECT_16_9' },
    ],
    [
      { prompt: 'a', image_size: { width: 1024, height: 1536 } },
      { prompt: 'a', image_size: '1024x1536' },
    ],
    [
      { prompt: 'a', size: { width: 1024, height: 1536 } },
      { prompt: 'a', size: '1024x1536' },
    ],
    [{ prompt: 'a', options: { color: 'red' } }, { prompt: 'a' }],
    [{ contents: 'a' }, { prompt: 'a' }],
  ])('keeps what it asks for in an object of its own: %j', (row, fields) => {
    expect(fieldsOf(row)).toEqual(fields);
  });

  test('is rejected for a setting that no model has, and for an invalid size', () => {
    expect(fieldsOf({ prompt: 'a', options: { seed: 7 } })).toContain('no model here has');
    expect(fieldsOf({ prompt: 'a', size: { w: 1 } })).toContain('must be text, a number');
  });
});

test('lines that end in a comma are read, and a quoted line of a list is its quoted text', async () => {
  const lines = '{"prompt":"a cat"},\n{"prompt":"a dog"},\n';

  expect((await readAll(lines, 'x.jsonl')).map(brief)).toEqual([
    '1@1 {"prompt":"a cat"}',
    '2@2 {"prompt":"a dog"}',
  ]);
  expect((await readAll('"a cat, in oil"\na "big" dog\n', 'x.txt')).map(brief)).toEqual([
    '1@1 {"prompt":"a cat, in oil"}',
    '2@2 {"prompt":"a \\"big\\" dog"}',
  ]);
});

test('a line of a batch of Bedrock is its model input', () => {
  const modelInput = {
    messages: [{ role: 'user', content: [{ type: 'text', text: 'a cat' }] }],
    max_tokens: 9000,
  };

  expect(jsonContent(JSON.stringify({ recordId: 'r1', modelInput }))).toMatchObject({
    kind: 'row',
    fields: { id: 'r1', prompt: 'a cat', max_tokens: '9000' },
  });
});
