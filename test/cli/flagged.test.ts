import http from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { testWorkplace } from './provider.ts';

const flagged = (body: object, status = 400) => ({ status, body: { error: body } });
const errorInfo = (reason: string) => [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason }];
/** How providers say that they will not generate one prompt, by the prompt's last word. */
const SHAPES: Readonly<Record<string, { readonly status: number; readonly body: object }>> = {
  openrouter: flagged({ code: 403, message: 'Input was flagged', metadata: { reasons: ['violence'] } }, 403),
  openai: flagged({ message: 'Your request was rejected.', code: 'moderation_blocked' }),
  azure: flagged({ message: 'The response was filtered.', code: 'content_filter' }),
  filter: flagged({
    message: 'Bad request',
    innererror: { content_filter_result: { hate: { filtered: true } } },
  }),
  google: flagged(
    { code: 403, status: 'PERMISSION_DENIED', message: 'No.', details: errorInfo('SAFETY') },
    403,
  ),
};

test('of 66 rows, five that are flagged in five ways fail alone: 61 images in one run, with one call a row', async (context) => {
  let calls = 0;
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      calls += 1;
      const [, shape = ''] = /flagged by (\w+)/.exec(Buffer.concat(chunks).toString()) ?? [];
      const { status, body } = SHAPES[shape] ?? { status: 200, body: await imageNumber(calls) };
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const work = await testWorkplace(context, {
    PRESSRUN_PROVIDER_URL: `http://127.0.0.1:${port}/v1`,
    CORE_TODAY_API_KEY: 'cdt_x',
  });
  const good = Array.from({ length: 61 }, (_, index) => `a fox, number ${index}`);
  const bad = Object.keys(SHAPES).map((shape) => `flagged by ${shape}`);
  const rows = good.flatMap((row, at) => (at % 12 === 5 ? [row, bad[(at - 5) / 12]] : [row]));
  await work.write('rows.csv', `prompt\n${rows.map((row) => `"${row}"\n`).join('')}`);

  const { code, stdout } = await work.run(['run', 'rows.csv', '--json']);

  const result = JSON.parse(stdout);
  expect(code).toBe(2);
  expect(result.items).toMatchObject({ done: 61, failed: 5, pending: 0 });
  expect(new Set(result.failures.map((failure: { code: string }) => failure.code))).toEqual(
    new Set(['blocked']),
  );
  expect(calls).toBe(66);
});

/** An answer with a picture of its own. */
async function imageNumber(seed: number): Promise<object> {
  const pixels = Buffer.alloc(32 * 32 * 3).map((_, at) => (at * seed) % 251);
  const png = await sharp(pixels, { raw: { width: 32, height: 32, channels: 3 } })
    .png()
    .toBuffer();
  const content = `![image](data:image/png;base64,${png.toString('base64')})`;
  return {
    choices: [{ message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 9, completion_tokens: 1_300, total_tokens: 1_309 },
  };
}
