import { describe, expect, test } from 'vitest';
import { callWith, chat, failureOf, imagesOf, USAGE } from '../fixtures/calls.ts';
import { dataUri, picture } from '../fixtures/pictures.ts';

const png = await picture('png');
const jpeg = await picture('jpeg');
const base64 = png.toString('base64');
const wrapped = base64.replace(/(.{76})/g, '$1\n');

const native = {
  candidates: [
    {
      content: { parts: [{ text: 'Here' }, { inlineData: { mimeType: 'image/png', data: base64 } }] },
      finishReason: 'STOP',
    },
  ],
  usageMetadata: {
    promptTokenCount: 9,
    candidatesTokenCount: 1120,
    thoughtsTokenCount: 180,
    totalTokenCount: 1309,
  },
};

const PLACES: Record<string, unknown> = {
  'V1 markdown data URI': chat({ content: `Here you are.\n![image](${dataUri(png)})` }),
  'V1b bare data URI': chat({ content: `Look: ${dataUri(png)}` }),
  'V1b bare data URI, wrapped with line breaks': chat({ content: `data:image/png;base64,${wrapped}` }),
  'V1b bare data URI, wrapped with spaces': chat({
    content: `data:image/png;base64,${wrapped.replaceAll('\n', ' ')}`,
  }),
  'V1b wrapped at 60 as Ruby does, last line ended': chat({
    content: `data:image/png;base64,\n${base64.replace(/(.{60})/g, '$1\n')}\n`,
  }),
  'V1c content is nothing but base64': chat({ content: base64 }),
  'V1c without padding': chat({ content: base64.replace(/=+$/, '') }),
  'V1c url-safe alphabet': chat({ content: png.toString('base64url') }),
  'V2 message.images': chat({
    content: null,
    images: [{ type: 'image_url', image_url: { url: dataUri(png) } }],
  }),
  'V2 a plain string': chat({ content: '', images: [dataUri(png)] }),
  'V2 {url}': chat({ images: [{ url: dataUri(png) }] }),
  'V2 {image_url: string}': chat({ images: [{ image_url: dataUri(png) }] }),
  'V2 {b64_json}': chat({ images: [{ b64_json: base64 }] }),
  'V2 {data, mime_type}': chat({ images: [{ data: base64, mime_type: 'image/png' }] }),
  'V2 a single image': chat({ content: 'ok', image: { url: dataUri(png) } }),
  'V3 image_url part': chat({
    content: [
      { type: 'text', text: 'ok' },
      { type: 'image_url', image_url: { url: dataUri(png) } },
    ],
  }),
  'V3 inline_data part': chat({ content: [{ inline_data: { mime_type: 'image/png', data: base64 } }] }),
  'V3 inlineData part': chat({ content: [{ inlineData: { mimeType: 'image/png', data: base64 } }] }),
  'V3 source part': chat({
    content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: base64 } }],
  }),
  'V3 markdown inside a text part': chat({ content: [{ type: 'text', text: `![i](${dataUri(png)})` }] }),
  'V4 content_blocks without content': chat({
    content_blocks: [{ type: 'image_url', image_url: { url: dataUri(png) } }],
  }),
  'V5 images-API body': { created: 1, data: [{ b64_json: base64 }], usage: USAGE },
  'V6 gemini_parts': chat({
    content: '',
    extra_content: { google: { gemini_parts: [{ inlineData: { mimeType: 'image/png', data: base64 } }] } },
  }),
  'V6 extra_content.outputs': chat({
    content: '',
    extra_content: { outputs: [{ type: 'image', data: base64 }] },
  }),
  'V9 native body': native,
  'V10 array of one': [chat({ content: `![i](${dataUri(png)})` })],
  'V10 {data}': { data: chat({ content: `![i](${dataUri(png)})` }) },
  'V10 {result}': { result: native },
  'V10 {response}': { response: chat({ images: [dataUri(png)] }) },
  'V10 {body} as JSON in a string': {
    statusCode: 200,
    body: JSON.stringify(chat({ content: `![i](${dataUri(png)})` })),
  },
};

describe('the image is found in every place that servers use', () => {
  test.each(Object.entries(PLACES))('%s', async (_place, body) => {
    const outcome = await callWith(JSON.stringify(body));

    const [image, ...more] = imagesOf(outcome);
    expect(Buffer.compare(image.bytes, png)).toBe(0);
    expect(more).toEqual([]);
    expect(image).toMatchObject({ type: 'image/png', width: 60, height: 40 });
    expect(outcome.usage).toMatchObject({ promptTokens: 9, totalTokens: 1309 });
  });

  test('with slashes, plus and equals signs escaped, as PHP and some gateways do', async () => {
    const body = JSON.stringify(chat({ content: `![i](${dataUri(png)})` }));
    const escaped = body.replace(
      base64,
      base64.replaceAll('/', '\\/').replaceAll('+', '\\u002B').replaceAll('=', '\\u003d'),
    );

    expect(Buffer.compare(imagesOf(await callWith(escaped))[0].bytes, png)).toBe(0);
  });

  test('an image too small for the scanner to lift is found as well', async () => {
    const small = await picture('webp-lossless', 1, 1);

    expect(
      imagesOf(await callWith(chat({ content: `![i](${dataUri(small, 'image/webp')})` })))[0],
    ).toMatchObject({ width: 1, height: 1 });
    expect(imagesOf(await callWith(chat({ images: [{ b64_json: small.toString('base64') }] })))[0].type).toBe(
      'image/webp',
    );
  });

  test('in a later choice', async () => {
    const choices = [
      { index: 0, message: { content: 'no picture here' }, finish_reason: 'stop' },
      { index: 1, message: { content: dataUri(png) }, finish_reason: 'stop' },
    ];

    expect(imagesOf(await callWith({ choices, usage: USAGE }))).toHaveLength(1);
  });
});

describe('of several images', () => {
  test('the last is the result and the earlier ones are kept in order', async () => {
    const outcome = await callWith(chat({ content: `![a](${dataUri(jpeg)}) and ![b](${dataUri(png)})` }));

    expect(imagesOf(outcome).map((image) => image.type)).toEqual(['image/jpeg', 'image/png']);
    expect(outcome).toMatchObject({ text: 'and' });
  });

  test('the same bytes twice are one image', async () => {
    const outcome = await callWith(
      chat({ content: `![a](${dataUri(png)})`, images: [{ url: dataUri(jpeg) }, { url: dataUri(png) }] }),
    );

    expect(imagesOf(outcome).map((image) => image.type)).toEqual(['image/jpeg', 'image/png']);
  });

  test('drafts of the thinking are dropped, unless nothing else is left', async () => {
    const draft = { thought: true, inlineData: { mimeType: 'image/jpeg', data: jpeg.toString('base64') } };
    const final = { inlineData: { mimeType: 'image/png', data: base64 } };
    const body = (parts: unknown[]) => ({
      candidates: [{ content: { parts } }],
      usageMetadata: native.usageMetadata,
    });

    expect(imagesOf(await callWith(body([final, draft]))).map((image) => image.type)).toEqual(['image/png']);
    expect(imagesOf(await callWith(body([draft]))).map((image) => image.type)).toEqual(['image/jpeg']);
  });
});

describe('the bytes decide', () => {
  test('JPEG bytes labelled PNG are a JPEG', async () => {
    expect(imagesOf(await callWith(chat({ content: dataUri(jpeg, 'image/png') })))[0].type).toBe(
      'image/jpeg',
    );
  });

  test('text after an unpadded image is kept, and does not spoil the image', async () => {
    const bare = dataUri(png).replace(/=+$/, '');
    const outcome = await callWith(
      chat({ content: `${bare}\n\nHere is the picture that you wanted, a fox in snow.` }),
    );

    expect(Buffer.compare(imagesOf(outcome)[0].bytes, png)).toBe(0);
    expect(outcome).toMatchObject({
      text: expect.stringContaining('the picture that you wanted, a fox in snow.'),
    });
  });

  test('long words, hashes and paths are not taken for images', async () => {
    const text = `see ${'ab/cd'.repeat(80)} and ${'deadbeef'.repeat(40)}`;
    const failure = failureOf(await callWith(chat({ content: text })));

    expect(failure.code).toBe('text_only');
    expect(failure.text).not.toMatch(/(?:deadbeef){20}/);
  });

  test('a mark in the text of a response is never taken for an image', async () => {
    const outcome = await callWith(
      chat({ content: `~bbbbbbbbbbbbbbbbbbbb.0~ ${dataUri(png)}` }),
      {},
      { random: () => 0 },
    );

    expect(imagesOf(outcome)).toHaveLength(1);
    expect(outcome).toMatchObject({ text: '~bbbbbbbbbbbbbbbbbbbb.0~' });
  });
});

describe('damaged images are kept unchanged', () => {
  const cases: Record<string, string> = {
    'a file that was cut off': `![i](data:image/png;base64,${base64.slice(0, 2000)})`,
    'a length that no base64 has': `![i](data:image/png;base64,${base64.replace(/=+$/, '').slice(0, 2001)})`,
    'something that is no image': `![i](data:image/png;base64,${Buffer.alloc(900, 'no picture ').toString('base64')})`,
    'a data URI with nothing in it': '![i](data:image/png;base64,)',
  };

  test.each(Object.entries(cases))('%s', async (_name, content) => {
    const body = JSON.stringify(chat({ content }));
    const outcome = await callWith(body);

    expect(failureOf(outcome)).toMatchObject({ code: 'bad_image', reach: 'answered' });
    expect(outcome).toMatchObject({ answer: { status: 200, bytes: Buffer.from(body) } });
  });
});
