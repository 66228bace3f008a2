import { describe, expect, test } from 'vitest';
import type { Dialect } from '../../../shared/domain/calls/models.ts';
import {
  buildRequestBody,
  promptText,
  sendsExtras,
  textBytes,
} from '../../../shared/provider/http/request-body.ts';
import type { ImageRequest } from '../../../shared/provider/types.ts';
import { FLASH, REQUEST } from '../fixtures/calls.ts';

function asking(dialect: Dialect, more: Partial<ImageRequest> = {}): ImageRequest {
  const settings = { model: FLASH.model, aspectRatio: '16:9', imageSize: '2K' } as const;
  return { ...REQUEST, profile: { ...FLASH, dialect }, settings, ...more };
}

describe('the body of a request', () => {
  test('is by default exactly what the contract shows', () => {
    expect(JSON.stringify(buildRequestBody(REQUEST))).toBe(
      '{"model":"gemini-3.1-flash-image-preview","messages":[{"role":"user","content":"Generate an image: a red fox"}],"max_tokens":8192,"stream":false}',
    );
  });

  test('does not repeat what the prompt already says', () => {
    expect(promptText({ ...REQUEST, prompt: 'Generate an image: a fox' })).toBe('Generate an image: a fox');
  });

  test('has only the settings that were set, the system message first, and the id an alias redirects to', () => {
    const settings = { model: FLASH.model, temperature: 0, topP: 0.9, maxTokens: 16384, system: 'Be brief.' };
    const body = buildRequestBody({
      ...REQUEST,
      settings,
      profile: { ...FLASH, sendAs: 'other-model', stream: true },
    });

    expect(body).toEqual({
      model: 'other-model',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Generate an image: a red fox' },
      ],
      max_tokens: 16384,
      stream: true,
      temperature: 0,
      top_p: 0.9,
    });
  });

  test.each([
    [{}, [], 'Generate an image: a red fox'],
    [{ promptPrefix: 'A photo of:' }, [], 'A photo of: a red fox'],
    [{ promptPrefix: '' }, [], 'a red fox'],
    [{}, ['a reference'], 'a red fox'],
    [{ promptPrefix: 'Redraw:' }, ['a reference'], 'Redraw: a red fox'],
  ])('puts before the prompt what %j and references %j ask for', (settings, references, text) => {
    const request = { ...REQUEST, settings: { ...REQUEST.settings, ...settings }, references };

    expect(promptText(request)).toBe(text);
  });

  test('carries references behind the text', () => {
    const references = [{ type: 'image/webp', bytes: new Uint8Array([1, 2, 3]).subarray(1) }] as const;

    expect(buildRequestBody({ ...REQUEST, references }).messages[0]?.content).toEqual([
      { type: 'text', text: 'a red fox' },
      { type: 'image_url', image_url: { url: 'data:image/webp;base64,AgM=' } },
    ]);
  });

  test('carries a conversation turn by turn, each image in its place, and words about the shape at the end', () => {
    const references = [1, 2].map((byte) => ({ type: 'image/png', bytes: new Uint8Array([byte]) }) as const);
    const messages = [
      { role: 'user', content: [0, 'a fox like this'] },
      { role: 'assistant', content: ['Here.', 1] },
      { role: 'user', content: ['at night'] },
    ] as const;
    const image = (base64: string) => ({
      type: 'image_url',
      image_url: { url: `data:image/png;base64,${base64}` },
    });
    const words = 'The image has an aspect ratio of 16:9. The image has a resolution of 2K.';
    const settings = { model: FLASH.model, system: 'Be brief.' };

    const plain = buildRequestBody({ ...REQUEST, settings, references, messages, prompt: 'at night' });
    const shaped = buildRequestBody(asking('none', { references, messages, prompt: 'at night' }));

    expect(plain.messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: [image('AQ=='), { type: 'text', text: 'a fox like this' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'Here.' }, image('Ag==')] },
      { role: 'user', content: 'at night' },
    ]);
    expect(shaped.messages.at(-1)?.content).toEqual([
      { type: 'text', text: 'at night' },
      { type: 'text', text: words },
    ]);
    const prefixed = asking('google', {
      messages,
      references,
      settings: { model: FLASH.model, promptPrefix: 'Oil:' },
    });
    expect(buildRequestBody(prefixed).messages.at(-1)?.content).toMatchObject([
      { text: 'Oil:' },
      { text: 'at night' },
    ]);
    const texts = ['a fox like this', 'Here.', 'at night', words];
    expect(textBytes(asking('none', { messages }))).toBe(texts.join('').length);
  });

  test('states aspect ratio and size in words if the dialect has no field for them', () => {
    const words =
      'Generate an image: a red fox\n\nThe image has an aspect ratio of 16:9. The image has a resolution of 2K.';

    expect(buildRequestBody(asking('none')).messages[0]?.content).toBe(words);
    expect(Object.keys(buildRequestBody(asking('openrouter', { plain: true })))).toEqual(
      Object.keys(buildRequestBody(REQUEST)),
    );
    expect(buildRequestBody(asking('google', { plain: true })).messages[0]?.content).toBe(words);
  });

  test('speaks the dialect of its model', () => {
    const image_config = { aspect_ratio: '16:9', image_size: '2K' };

    expect(buildRequestBody(asking('openrouter'))).toMatchObject({
      modalities: ['image', 'text'],
      image_config,
    });
    expect(buildRequestBody(asking('google'))).toMatchObject({
      extra_body: { google: { response_modalities: ['TEXT', 'IMAGE'], image_config } },
    });
    expect(buildRequestBody(asking('google')).messages[0]?.content).toBe('Generate an image: a red fox');
  });

  test('reports whether it has extras', () => {
    expect([asking('none'), asking('google'), asking('google', { plain: true })].map(sendsExtras)).toEqual([
      false,
      true,
      false,
    ]);
  });
});
