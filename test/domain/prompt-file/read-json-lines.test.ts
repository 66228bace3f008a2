import { expect, test } from 'vitest';
import { brief, readAll } from './read-all.ts';

async function rows(...lines: unknown[]): Promise<string[]> {
  const texts = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
  return (await readAll(texts.join('\n'), 'prompts.jsonl')).map(brief);
}

test('takes one object a line, with our columns as keys', async () => {
  const line = {
    Prompt: 'a cat',
    'Aspect Ratio': '1:1',
    temperature: 0.5,
    variants: 2,
    city: null,
    draft: true,
    references: ['a.png', 'https://example.com/b.png'],
    tags: { team: 'shop', year: 2026 },
  };

  expect(await rows(line, '', { prompt: '한국' })).toEqual([
    '1@1 {"prompt":"a cat","aspect_ratio":"1:1","temperature":"0.5","variants":"2","city":"","draft":"true",' +
      '"references":"a.png|https://example.com/b.png","tags":"team=shop;year=2026"}',
    '2@3 {"prompt":"한국"}',
  ]);
});

test('takes requests in the shape of the OpenAI batch API unchanged', async () => {
  const request = {
    custom_id: 'request-1',
    method: 'POST',
    url: '/v1/chat/completions',
    body: {
      model: 'gemini-3-pro-image-preview',
      messages: [
        { role: 'system', content: 'You paint in oil.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'A lighthouse' },
            { type: 'image_url', image_url: { url: 'https://example.com/a|b.png' } },
          ],
        },
      ],
      temperature: 0.2,
      top_p: 0.9,
      max_tokens: 8192,
      n: 2,
      stream: false,
    },
  };

  expect(await rows(request)).toEqual([
    '1@1 {"prompt":"A lighthouse","system":"You paint in oil.","references":"https://example.com/a%7Cb.png",' +
      '"id":"request-1","model":"gemini-3-pro-image-preview","temperature":"0.2","top_p":"0.9","max_tokens":"8192",' +
      '"variants":"2"}',
  ]);
});

test('rejects an invalid line with its reason, and reads on', async () => {
  const image = { type: 'image_url', image_url: { url: `data:image/png,${'A'.repeat(100_000)}` } };
  const message = (content: unknown) => ({ body: { messages: [{ role: 'user', content }] } });
  const lines = [
    '{"prompt": oops}',
    ['prompt'],
    { prompt: { text: 'a' } },
    { prompt: 'a', Prompt: 'b' },
    { prompt: ' ' },
    { body: { text: 'a' } },
    { body: { messages: [{ role: 'system', content: 'a' }] } },
    message([{ type: 'input_audio' }]),
    message([image]),
    '{"prompt":"a\\u0000b"}',
    '{"prompt":"a\\ud800b"}',
    { prompt: 'x'.repeat(40_000) },
    { prompt: 'a' },
  ];

  expect(await rows(...lines)).toEqual([
    '1@1 -: line is not valid JSON',
    '2@2 -: line is not a JSON object: write one object for each image',
    '3@3 prompt: value must be text, a number, true or false',
    '4@4 prompt: columns that stand there twice: "prompt"',
    '5@5 -: every value is empty',
    '6@6 -: body has neither messages nor a prompt: chat, image and responses requests are taken',
    '7@7 -: there is no message of the user',
    '8@8 -: body.messages.0.content.0 is a part that is neither text nor an image',
    '9@9 references: a data: URI must be written as data:image/png;base64,…',
    '10@10 prompt: control character U+0000: take it out',
    '11@11 prompt: characters were lost (U+FFFD) when the file was saved: save it again as UTF-8',
    '12@12 prompt: cell is 39.1 KB, at most 32 KB are taken',
    '13@13 {"prompt":"a"}',
  ]);
});

test('costs a line that is not UTF-8 only itself', async () => {
  const file = Buffer.concat([
    Buffer.from('{"prompt":"caf\xe9"}\n', 'latin1'),
    Buffer.from('{"prompt":"café"}\r\n'),
  ]);

  expect((await readAll(file)).map(brief)).toEqual([
    '1@1 -: line is not valid UTF-8: save the file as UTF-8',
    '2@2 {"prompt":"café"}',
  ]);
});

test('passes over a line of 20 MB without losing the next', async () => {
  const file = `{"prompt":"${'x'.repeat(20 * 1024 * 1024)}"}\n{"prompt":"a"}`;

  expect((await readAll(file)).map(brief)).toEqual([
    '1@1 -: line is 20.0 MB, at most 16.0 MB are taken',
    '2@2 {"prompt":"a"}',
  ]);
});
