import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, type TestContext, test } from 'vitest';
import { envOf, prompts, testProvider, testWorkplace } from './provider.ts';

const SECRET = { PRESSRUN_WEBHOOK_SECRET: 'whsec_c2VjcmV0IG9mIGEgdGVzdCwgbG9uZyBlbm91Z2g=' };

/** A receiver, and a folder whose configuration names it. */
async function hooked(context: TestContext, status = 204) {
  const types: string[] = [];
  const server = createServer(async (incoming, answer) => {
    let body = '';
    for await (const chunk of incoming) body += String(chunk);
    types.push(JSON.parse(body).type);
    answer.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const work = await testWorkplace(context);
  const defaults = { webhook: `http://127.0.0.1:${port}/`, allowPrivateWebhook: true };
  await work.write('pressrun.config.json', JSON.stringify({ defaults }));
  await work.write('prompts.csv', prompts(2));
  return { work, types };
}

describe('the webhook of a stage on this machine', () => {
  test('gets a completed batch before run ends', async (context) => {
    const { work, types } = await hooked(context);
    const provider = await testProvider(context);

    const { code, stderr } = await work.run(['run', 'prompts.csv'], { ...envOf(provider), ...SECRET });

    expect(code, stderr).toBe(0);
    expect(types).toEqual(['BatchCompleted']);
  });

  test('gets a reached budget', async (context) => {
    const { work, types } = await hooked(context);
    const provider = await testProvider(context);

    const { code } = await work.run(['run', 'prompts.csv', '--budget', '1'], {
      ...envOf(provider),
      ...SECRET,
    });

    expect(code).toBe(3);
    expect(types).toContain('BudgetReached');
  });

  test('that refuses every message changes nothing of the batch', async (context) => {
    const { work, types } = await hooked(context, 500);
    const provider = await testProvider(context);

    const { code } = await work.run(['run', 'prompts.csv'], { ...envOf(provider), ...SECRET });

    expect(code).toBe(0);
    expect(types.length).toBeGreaterThan(0);
  });

  test('without a secret is refused before anything is paid', async (context) => {
    const { work } = await hooked(context);
    const provider = await testProvider(context);

    const { code, stderr } = await work.run(['run', 'prompts.csv'], envOf(provider));

    expect(code).toBe(1);
    expect(stderr).toContain('the webhook has no secret: set PRESSRUN_WEBHOOK_SECRET');
    expect(provider.totals().calls).toBe(0);
  });
});
