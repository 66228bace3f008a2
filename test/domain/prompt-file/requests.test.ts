import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { jsonContent } from '../../../shared/domain/prompt-file/json/json-content.ts';

const PIXEL = Buffer.from('not looked at here').toString('base64');
const EMBEDDED = `embedded-${createHash('sha256').update(Buffer.from(PIXEL, 'base64')).digest('hex')}`;

function read(line: object) {
  const content = jsonContent(JSON.stringify(line));
  return content.kind === 'rejected' ? `${content.column ?? '-'}: ${content.reason}` : content;
}

function fieldsOf(line: object) {
  const content = read(line);
  return typeof content === 'string' ? content : content.fields;
}

const body = (more: object) => ({
  custom_id: 'a',
  body: { messages: [{ role: 'user', content: 'a cat' }], ...more },
});
const gemini = (more: object) => ({
  key: 'a',
  request: { contents: [{ parts: [{ text: 'a cat' }] }], ...more },
});
const CAT = { prompt: 'a cat', id: 'a' };

describe('a chat request', () => {
  test('sends every message with its images, in their order', () => {
    const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}`, detail: 'high' } };
    const line = {
      custom_id: 'a',
      method: 'POST',
      url: '/v1/chat/completions',
      body: {
        messages: [
          { role: 'system', content: 'You paint in oil.' },
          {
            role: 'user',
            content: [{ type: 'text', text: 'first' }, image, { type: 'text', text: 'like it' }],
          },
          {
            role: 'assistant',
            content: 'done',
            images: [{ type: 'image_url', image_url: 'https://x.example/1.png' }],
          },
          { role: 'developer', content: 'Be brief.' },
          { role: 'user', content: 'now at {{night}}' },
        ],
      },
    };

    expect(read(line)).toMatchObject({
      kind: 'row',
      fields: {
        prompt: 'now at {{night}}',
        system: 'You paint in oil.',
        references: `${EMBEDDED}|https://x.example/1.png`,
        id: 'a',
      },
      literal: true,
      messages: [
        { role: 'user', content: ['first', 0, 'like it'] },
        { role: 'assistant', content: ['done', 1] },
        { role: 'system', content: ['Be brief.'] },
        { role: 'user', content: ['now at {{night}}'] },
      ],
      embedded: [{ written: EMBEDDED, bytes: Buffer.from(PIXEL, 'base64') }],
    });
  });

  test.each([
    ['image_config', { image_config: { aspect_ratio: '16:9', image_size: '2K' } }],
    ['imageConfig', { imageConfig: { aspectRatio: '16:9', imageSize: '2K' } }],
    [
      'extra_body.google',
      { extra_body: { google: { image_config: { aspect_ratio: '16:9', image_size: '2K' } } } },
    ],
    ['extraBody', { extraBody: { imageConfig: { aspectRatio: '16:9' }, google: { imageSize: '2K' } } }],
    ['fields of its own', { aspect_ratio: '16:9', image_size: '2K', image_config: { aspect_ratio: '16:9' } }],
  ])('asks for a shape by %s', (_, more) => {
    expect(fieldsOf(body(more))).toEqual({ ...CAT, aspect_ratio: '16:9', image_size: '2K' });
  });

  test('has its settings mapped, and fields without effect left out', () => {
    const more = {
      model: 'gemini-3-pro-image-preview',
      temperature: 0.5,
      top_p: '0.9',
      max_completion_tokens: 8192,
      n: 2,
      modalities: ['image', 'text'],
      response_format: { type: 'text' },
      stream: false,
      user: 'me',
      metadata: { a: 'b' },
      seed: null,
      stop: [],
      presence_penalty: 0,
      tools: [],
    };
    expect(fieldsOf(body(more))).toEqual({
      ...CAT,
      model: 'gemini-3-pro-image-preview',
      temperature: '0.5',
      top_p: '0.9',
      max_tokens: '8192',
      variants: '2',
    });
  });

  test.each([
    [{ seed: 7 }, 'body.seed'],
    [{ tools: [{ type: 'function' }] }, 'body.tools'],
    [{ modalities: ['text'] }, 'body.modalities ask for no image: add "image"'],
    [{ response_format: { type: 'json_schema' } }, 'body.response_format is not one that brings an image'],
    [{ image_config: { style: 'oil' } }, 'body.image_config.style cannot be sent to the model: take it out'],
    [{ frequency_penalty: 0.5 }, 'body.frequency_penalty cannot be sent to the model: take it out'],
    [{ logit_bias: { 7: 1 } }, 'body.logit_bias'],
    [{ reasoning_effort: 'high' }, 'body.reasoning_effort cannot be sent to the model: take it out'],
    [
      { aspect_ratio: '1:1', image_config: { aspect_ratio: '16:9' } },
      'image_config.aspect_ratio says "16:9"',
    ],
    [{ image_config: {}, imageConfig: {} }, 'body has a key in two spellings'],
    [
      {
        messages: [
          { role: 'user', content: 'a' },
          { role: 'assistant', content: 'b' },
        ],
      },
      'the last message must be',
    ],
    [
      { messages: [{ role: 'tool', content: 'a' }] },
      'body.messages.0.role must be system, developer, user or assistant',
    ],
    [{ messages: [{ role: 'user', content: 'a', tool_calls: [{}] }] }, 'body.messages.0.tool_calls'],
    [{ messages: [{ role: 'user', content: [{ type: 'input_audio' }] }] }, 'neither text nor an image'],
  ])('is rejected for what cannot be sent: %j', (more, reason) => {
    expect(read(body(more))).toContain(reason);
  });

  test('keeps fields beside it as columns', () => {
    expect(fieldsOf({ ...body({}), name: 'cat', tags: { team: 'a' }, sku: 7 })).toEqual({
      ...CAT,
      name: 'cat',
      tags: 'team=a',
      sku: '7',
    });
    expect(read({ ...body({}), prompt: 'a dog' })).toBe('prompt: stands in the request and beside it');
  });

  test('is read in the shapes of Anthropic, of a bare body, and of rows with messages', () => {
    const messages = [{ role: 'user', content: [{ type: 'text', text: 'a cat' }] }];
    expect(fieldsOf({ custom_id: 'a', params: { system: 'Oil.', messages, max_tokens: 8192 } })).toEqual({
      ...CAT,
      system: 'Oil.',
      max_tokens: '8192',
    });
    expect(fieldsOf({ id: 'a', messages, image_config: { aspect_ratio: '1:1' } })).toEqual({
      ...CAT,
      aspect_ratio: '1:1',
    });
    expect(read({ prompt: 'b', messages })).toContain('has both messages and prompt');
    expect(read({ messages, modalities: ['text'] })).toContain('modalities ask for no image');
  });
});

describe('the row of a request', () => {
  test('is detected by its field names', () => {
    const content = read({ ...body({ image_config: { aspect_ratio: '16:9' }, n: 2 }), sku: 7 });

    expect(typeof content === 'string' ? content : content.columns).toEqual([
      { name: 'n', column: 'variants', kind: 'ours' },
      { name: 'image_config.aspect_ratio', column: 'aspect_ratio', kind: 'ours' },
      { name: 'prompt', column: 'prompt', kind: 'ours' },
      { name: 'id', column: 'id', kind: 'ours' },
      { name: 'sku', column: 'sku', kind: 'own' },
    ]);
  });

  test('leaves out ignored settings at any depth', () => {
    const ignored = { what: 'line', prompts: false, data: ['seed', 'top_k', 'model'] };
    const chat = body({ seed: 7, model: 'x', generationConfig: undefined });
    const native = gemini({ generationConfig: { topK: 40, seed: 7, temperature: 1 } });

    expect(jsonContent(JSON.stringify(chat), ignored)).toMatchObject({ fields: { ...CAT, model: 'x' } });
    expect(jsonContent(JSON.stringify(native), ignored)).toMatchObject({
      fields: { ...CAT, temperature: '1' },
    });
    expect(read(body({ reasoning_effort: 'low' }))).toContain('--ignore-column reasoning_effort');
  });
});

describe('an image request', () => {
  test('is a prompt of ours', () => {
    const line = {
      custom_id: 'a',
      url: '/v1/images/generations',
      body: {
        model: 'gemini-3-pro-image-preview',
        prompt: 'a cat',
        n: 3,
        quality: 'auto',
        response_format: 'b64_json',
      },
    };
    expect(read(line)).toMatchObject({
      kind: 'row',
      fields: { ...CAT, model: 'gemini-3-pro-image-preview', variants: '3' },
      literal: true,
    });
  });

  test('is an edit if it has images', () => {
    const edit = {
      prompt: ['bluer'],
      image: `data:image/png;base64,${PIXEL}`,
      images: ['https://x.example/b.png'],
    };
    expect(fieldsOf({ body: edit })).toEqual({
      prompt: 'bluer',
      references: `${EMBEDDED}|https://x.example/b.png`,
    });
  });

  test.each([
    [{ prompt: ['a', 'b'] }, 'body.prompt must be one text'],
    [{ prompt: 'a', quality: 'hd' }, 'body.quality cannot be sent to the model: take it out'],
    [{ prompt: 'a', background: 'transparent' }, 'body.background cannot be sent to the model: take it out'],
    [{ prompt: 'a', mask: 'x' }, 'body.mask cannot be sent to the model: take it out'],
    [{ text: 'a' }, 'body has neither messages nor a prompt'],
  ])('is rejected for what cannot be sent: %j', (given, reason) => {
    expect(read({ url: '/v1/images/generations', body: given })).toContain(reason);
  });
});

describe('a Gemini request', () => {
  test.each([
    [
      'as the REST API writes it',
      { systemInstruction: { parts: [{ text: 'Oil.' }] }, generationConfig: CONFIG() },
    ],
    ['as the Python library writes it', { system_instruction: 'Oil.', generation_config: SNAKE() }],
    ['with a config of its own', { config: { systemInstruction: 'Oil.', ...CONFIG() } }],
  ])('is taken %s', (_, more) => {
    expect(fieldsOf(gemini(more))).toEqual({
      ...CAT,
      system: 'Oil.',
      temperature: '0.4',
      top_p: '0.9',
      max_tokens: '8192',
      variants: '2',
      aspect_ratio: '16:9',
      image_size: '2K',
    });
  });

  function CONFIG() {
    return {
      responseModalities: ['TEXT', 'IMAGE'],
      temperature: 0.4,
      topP: 0.9,
      maxOutputTokens: 8192,
      candidateCount: 2,
      imageConfig: { aspectRatio: '16:9', imageSize: '2K' },
    };
  }
  function SNAKE() {
    return {
      response_modalities: ['IMAGE'],
      temperature: 0.4,
      top_p: 0.9,
      max_output_tokens: 8192,
      candidate_count: 2,
      image_config: { aspect_ratio: '16:9', image_size: '2K' },
    };
  }

  test('sends its turns and images, but no thoughts', () => {
    const contents = [
      { role: 'user', parts: [{ inline_data: { mime_type: 'image/png', data: PIXEL } }, { text: 'bluer' }] },
      { role: 'model', parts: [{ text: 'hm', thought: true }, { text: 'Here.' }] },
      { parts: [{ text: 'and wider' }, { fileData: { fileUri: 'https://x.example/b.png' } }] },
    ];
    expect(read({ request: { contents } })).toMatchObject({
      fields: { prompt: 'and wider', references: `${EMBEDDED}|https://x.example/b.png` },
      messages: [
        { role: 'user', content: [0, 'bluer'] },
        { role: 'assistant', content: ['Here.'] },
        { role: 'user', content: ['and wider', 1] },
      ],
    });
  });

  test('may be bare, and its contents a text or a list of texts', () => {
    expect(fieldsOf({ key: 'a', contents: [{ parts: [{ text: 'a cat' }] }], model: 'models/x' })).toEqual({
      ...CAT,
      model: 'models/x',
    });
    expect(fieldsOf(gemini({ contents: 'a cat' }))).toEqual(CAT);
    expect(fieldsOf(gemini({ contents: ['a', 'cat'] }))).toEqual({ ...CAT, prompt: 'a\ncat' });
  });

  test.each([
    [{ generationConfig: { seed: 7 } }, 'request.generationConfig.seed'],
    [
      { generationConfig: { responseModalities: ['TEXT'] } },
      'responseModalities ask for no image: add "IMAGE"',
    ],
    [{ generationConfig: { topK: 40 } }, 'request.generationConfig.topK'],
    [
      { generationConfig: { thinkingConfig: { thinkingBudget: 9 } } },
      'thinkingConfig.thinkingBudget cannot be sent',
    ],
    [{ tools: [{ googleSearch: {} }] }, 'request.tools'],
    [{ cachedContent: 'x' }, 'request.cachedContent cannot be sent to the model: take it out'],
    [{ contents: [{ role: 'function', parts: [{ text: 'a' }] }] }, 'has the role "function"'],
    [{ contents: [{ role: 'constructor', parts: [{ text: 'a' }] }] }, 'has the role "constructor"'],
    [{ contents: [{ parts: [{ executableCode: {} }] }] }, 'request.contents'],
    [{ contents: [{ parts: [{ fileData: { fileUri: 'gs://b/a.png' } }] }] }, 'a reference begins with gs:'],
  ])('is rejected for what cannot be sent: %j', (more, reason) => {
    expect(read(gemini(more))).toContain(reason);
  });
});

describe('a row of our own', () => {
  test('takes the settings that other APIs nest', () => {
    expect(
      fieldsOf({
        prompt: 'a cat',
        generationConfig: { imageConfig: { aspectRatio: '4:5' }, temperature: 1 },
      }),
    ).toEqual({
      prompt: 'a cat',
      temperature: '1',
      aspect_ratio: '4:5',
    });
    expect(read({ prompt: 'a cat', image_config: { lora: 'x' } })).toContain(
      'image_config.lora cannot be sent',
    );
    expect(read({ prompt: 'a', aspect_ratio: '1:1', image_config: { aspect_ratio: '4:5' } })).toContain(
      'another place "1:1"',
    );
  });

  test('can contain its references', () => {
    expect(fieldsOf({ prompt: 'a', references: [`data:image/png;base64,${PIXEL}`, 'b.png'] })).toEqual({
      prompt: 'a',
      references: `${EMBEDDED}|b.png`,
    });
  });

  test('has one prompt', () => {
    expect(fieldsOf({ prompt: ['a cat'] })).toEqual({ prompt: 'a cat' });
    expect(read({ prompt: ['a', 'b'] })).toBe('prompt: has 2 prompts in a list: write one object for each');
    expect(read({ prompt: { text: 'a' } })).toBe('prompt: value must be text, a number, true or false');
  });
});
