import { describe, expect, test } from 'vitest';
import { interpretAnswer } from '../../../shared/provider/answer/interpret-answer.ts';
import { createAnswerScanner } from '../../../shared/provider/scan/answer-scanner.ts';
import { callWith, failureOf, imagesOf, REQUEST, seeded, USAGE } from '../fixtures/calls.ts';
import { dataUri, picture } from '../fixtures/pictures.ts';

const png = await picture('png');
const small = await picture('png', 4, 4);

function event(delta: unknown, more: object = {}): string {
  return `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: null }], ...more })}\n\n`;
}

function pieces(text: string, length: number): string[] {
  return Array.from({ length: Math.ceil(text.length / length) }, (_, at) =>
    text.slice(at * length, (at + 1) * length),
  );
}

const STOP = `data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: USAGE })}\n\n`;

describe('a stream of events', () => {
  test.each([7, 100, 257, 999, 4000])('joins base64 that was split into pieces of %i', async (length) => {
    const content = `Here: ![image](${dataUri(png)}) done`;
    const body = [
      ': keepalive\n\n',
      ...pieces(content, length).map((each) => event({ content: each })),
      STOP,
      'data: [DONE]\n\n',
    ];

    const outcome = await callWith(body.join(''), { headers: { 'content-type': 'text/event-stream' } });

    expect(Buffer.compare(imagesOf(outcome)[0].bytes, png)).toBe(0);
    expect(outcome).toMatchObject({ usage: { totalTokens: 1309 }, text: 'Here:  done' });
  });

  test('is read the same wherever the network cuts it', async () => {
    const body = Buffer.from(
      `${event({ content: `é ![i](${dataUri(small).slice(0, 90)}` })}${event({ content: `${dataUri(small).slice(90)})` })}${STOP}`,
    );

    for (let cut = 0; cut <= body.length; cut += 1) {
      const scanner = createAnswerScanner(seeded(3));
      scanner.push(body.subarray(0, cut));
      scanner.push(body.subarray(cut));
      const { outcome } = await interpretAnswer(
        { ...scanner.finish(), head: { status: 200, headers: {} }, original: scanner.original },
        {
          request: REQUEST,
          fetchLink: async () => ({ kind: 'refused', problem: 'no' }),
          nowMs: 0,
          secrets: [],
        },
      );
      if (outcome.kind !== 'images' || Buffer.compare(outcome.images[0].bytes, small) !== 0)
        expect.fail(`cut at ${cut}`);
    }
  });

  test('brings images in delta.images and delta.content_blocks', async () => {
    const images = event({ images: [{ type: 'image_url', image_url: { url: dataUri(png) } }] }) + STOP;
    const blocks =
      event({ content_blocks: [{ type: 'image_url', image_url: { url: dataUri(png) } }] }) + STOP;

    expect(imagesOf(await callWith(images))).toHaveLength(1);
    expect(imagesOf(await callWith(blocks))).toHaveLength(1);
  });

  test('counts the last usage, and needs no [DONE], no empty lines and no particular line ends', async () => {
    const first = event(
      { content: dataUri(png) },
      { usage: { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 } },
    );
    const crlf = (first + STOP).replaceAll('\n\n', '\r\n');

    expect(await callWith(crlf)).toMatchObject({ kind: 'images', usage: { totalTokens: 1309 } });
  });

  test('that ends in an error may have been billed', async () => {
    const body = `${event({ content: 'I will' })}event: error\ndata: {"error":{"code":503,"message":"overloaded"}}\n\n`;

    expect(failureOf(await callWith(body))).toMatchObject({ code: 'upstream', reach: 'lost' });
  });

  test('that is nothing but an error was refused', async () => {
    const body =
      'data: {"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"slow down, retry in 12.3s"}}\n\n';

    expect(failureOf(await callWith(body))).toMatchObject({
      code: 'rate_limit',
      reach: 'refused',
      retryAfterMs: 12_300,
    });
  });

  test('joins the choices of a stream apart', async () => {
    const text = dataUri(png);
    const body = pieces(text, 500).map(
      (each, at) =>
        `data: ${JSON.stringify({
          choices: [
            { index: 1, delta: { content: each } },
            { index: 0, delta: { content: `word${at} ` } },
          ],
        })}\n\n`,
    );

    const outcome = await callWith(body.join('') + STOP);

    expect(Buffer.compare(imagesOf(outcome)[0].bytes, png)).toBe(0);
    expect(outcome).toMatchObject({ text: expect.stringContaining('word0 word1') });
  });
});
