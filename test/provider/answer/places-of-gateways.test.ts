import { describe, expect, test } from 'vitest';
import { callWith, chat, failureOf, imagesOf, USAGE } from '../fixtures/calls.ts';
import { dataUri, picture } from '../fixtures/pictures.ts';

const png = await picture('png');
const jpeg = await picture('jpeg');
const base64 = png.toString('base64');
const url = dataUri(png);
const good = chat({ content: `![i](${url})` });
const choice = (more: object) => ({
  choices: [{ index: 0, message: { content: 'Here it is.' }, finish_reason: 'stop', ...more }],
  usage: USAGE,
});
const outcome = (body: unknown) => callWith(typeof body === 'string' ? body : JSON.stringify(body));

const PLACES: Record<string, unknown> = {
  'choices[].images': choice({ images: [{ type: 'image_url', image_url: { url } }] }),
  'choices[].image': choice({ image: url }),
  'choices[].image_url': choice({ image_url: { url } }),
  'choices[].text': choice({ text: `![i](${url})` }),
  'message.multi_mod_content': chat({ content: '', multi_mod_content: [{ inline_data: { data: base64 } }] }),
  'message.attachments': chat({ content: 'ok', attachments: [{ url }] }),
  'message.content_parts': chat({ content: null, content_parts: [{ image_url: { url } }] }),
  'message.parts, as AI Studio writes them': chat({ parts: [{ inlineData: { data: base64 } }] }),
  'message.generated_images': chat({ generated_images: [{ b64_json: base64 }] }),
  'message.artifacts': chat({ content: 'ok', artifacts: [{ kind: 'image', payload: { bytes: base64 } }] }),
  'message.provider_specific_fields': chat({ content: 'ok', provider_specific_fields: { images: [url] } }),
  'message.tool_calls with the image as its result': chat({
    content: null,
    tool_calls: [{ type: 'image_generation', result: base64 }],
  }),
  'images beside choices': { choices: [{ message: { content: 'ok' } }], images: [url], usage: USAGE },
  'image beside choices': {
    choices: [{ message: { content: 'ok' } }],
    image: { data: base64 },
    usage: USAGE,
  },
  'output[] of the Responses API': {
    output: [{ type: 'image_generation_call', status: 'completed', result: base64 }],
    usage: USAGE,
  },
  'output[].content[] with output_image': {
    output: [{ type: 'message', content: [{ type: 'output_image', image_url: url }] }],
    usage: USAGE,
  },
  'predictions[] of Imagen': {
    predictions: [{ mimeType: 'image/png', bytesBase64Encoded: base64 }],
    usage: USAGE,
  },
  'generatedImages[] of the SDK': { generatedImages: [{ image: { imageBytes: base64 } }], usage: USAGE },
  'artifacts[].base64': { artifacts: [{ base64, finishReason: 'SUCCESS' }], usage: USAGE },
  'predictions[] of Imagen, by its bytes alone': {
    predictions: [{ bytesBase64Encoded: base64 }],
    usage: USAGE,
  },
  'output.message of Bedrock': {
    output: {
      message: { role: 'assistant', content: [{ image: { format: 'png', source: { bytes: base64 } } }] },
    },
    stopReason: 'end_turn',
    usage: { inputTokens: 9, outputTokens: 1300, totalTokens: 1309 },
  },
  'images of Titan, with an error that is none': { images: [base64], error: null, usage: USAGE },
  'result.image of Workers AI': {
    result: { image: base64 },
    success: true,
    errors: [],
    usage: USAGE,
  },
  'fields in the style of .NET': {
    Choices: [{ Message: { Content: `![i](${url})` }, FinishReason: 'stop' }],
    Usage: { PromptTokens: 9, CompletionTokens: 1300, TotalTokens: 1309 },
  },
  'output as one string': { status: 'succeeded', output: url, usage: USAGE },
  'data.images': { code: 0, message: 'success', data: { images: [{ image: base64 }] }, usage: USAGE },
  'usage beside a wrapped answer': { usage: USAGE, response: { ...good, usage: undefined } },
  'usage beside a wrapped answer in a string': {
    usage: USAGE,
    body: JSON.stringify({ ...good, usage: undefined }),
  },
  'a JSON string of JSON': JSON.stringify(JSON.stringify(good)),
  'a JSON string of a JSON string of JSON': JSON.stringify(JSON.stringify(JSON.stringify(good))),
  'an array with the answer as a string': JSON.stringify([JSON.stringify(good)]),
  'a JSON string that holds a stream': JSON.stringify(`data: ${JSON.stringify(good)}\n\ndata: [DONE]\n\n`),
  'events that are JSON strings': `data: ${JSON.stringify(JSON.stringify(good))}\n\ndata: [DONE]\n\n`,
  'delta.text of a stream of Anthropic': [url.slice(0, 300), url.slice(300)]
    .map((text) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }))
    .concat([{ type: 'message_delta', usage: { ...USAGE, input_tokens: 9 } } as never])
    .map((event) => `data: ${JSON.stringify(event)}\n\n`)
    .join(''),
  'the last event of the Responses API': `data: ${JSON.stringify({ type: 'response.image_generation_call.partial_image', partial_image_b64: base64.slice(0, 400) })}\n\ndata: ${JSON.stringify({ type: 'response.completed', response: { output: [{ type: 'image_generation_call', result: base64 }], usage: USAGE } })}\n\n`,
  'lines of JSON, as Ollama streams': [
    { message: { content: url.slice(0, 500) }, done: false },
    { message: { content: url.slice(500) }, done: true, ...USAGE },
  ]
    .map((line) => JSON.stringify(line))
    .join('\n'),
  'delta.images of a stream': `data: ${JSON.stringify({ choices: [{ delta: { images: [{ image_url: { url } }] } }] })}\n\ndata: ${JSON.stringify({ choices: [], usage: USAGE })}\n\ndata: [DONE]\n\n`,
  'choices[].images of a stream': `data: ${JSON.stringify({ choices: [{ delta: {}, images: [url] }], usage: USAGE })}\n\ndata: [DONE]\n\n`,
};

describe('an image is found in the places of all kinds of gateways', () => {
  test.each(Object.entries(PLACES))('%s', async (_place, body) => {
    const found = await outcome(body);

    const [image, ...more] = imagesOf(found);
    expect(Buffer.compare(image.bytes, png)).toBe(0);
    expect(more).toEqual([]);
    expect(found.usage).toMatchObject({ promptTokens: 9, totalTokens: 1309 });
  });
});

test.each(['image/png', 'application/octet-stream'])('the image may be the whole body (%s)', async (type) => {
  const found = await callWith(png, { headers: { 'content-type': type } });

  expect(imagesOf(found).map(({ bytes }) => Buffer.compare(bytes, png))).toEqual([0]);
});

describe('no image is taken', () => {
  test.each<[name: string, body: unknown]>([
    [
      'from what was sent and comes back',
      { ...chat({ content: 'no' }), request: { messages: [{ image: url }] } },
    ],
    ['from a thumbnail', chat({ content: 'no', thumbnail: url })],
    ['from a page that was cited', chat({ content: 'no', annotations: [{ image: url }] })],
    [
      'from a signature, which is base64 too',
      chat({ content: 'no', thought_signature: Buffer.alloc(900, 7).toString('base64') }),
    ],
  ])('%s', async (_name, body) => {
    expect(failureOf(await outcome(body))).toMatchObject({ code: 'text_only' });
  });

  test("in place of the one in the images' field", async () => {
    const body = { ...chat({ content: url }), something: { else: dataUri(jpeg, 'image/jpeg') } };

    expect(imagesOf(await outcome(body)).map(({ type }) => type)).toEqual(['image/png']);
  });

  test('of a type that is not taken, and the message names the type', async () => {
    const gif = Buffer.concat([Buffer.from('GIF89a'), Buffer.alloc(300, 1)]);

    expect(failureOf(await outcome(chat({ content: '', blob: gif.toString('base64') })))).toMatchObject({
      code: 'type_refused',
      message: expect.stringContaining('it is GIF, not PNG, JPEG or WebP'),
    });
  });
});
