import { describe, expect, it, onTestFinished } from 'vitest';
import type { SimulatorOptions } from '../../local/simulator/options.ts';
import { type Simulator, startSimulator } from '../../local/simulator/server.ts';
import { simulatorBanner, simulatorSummary } from '../../local/simulator/summary.ts';
import { ask, picturesIn } from './asking.ts';

async function started(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator({ latency: 'none', pictures: 'plain', ...options });
  onTestFinished(() => simulator.close());
  return simulator;
}

describe('the simulator refuses, as the real layer does', () => {
  it('a key that it does not know', async () => {
    const simulator = await started();
    const strict = await started({ key: 'cdt_right' });

    const replies = [await ask(simulator, 'x', {}, 'sk-other'), await ask(strict, 'x', {}, 'cdt_wrong')];

    expect(replies.map((reply) => reply.status)).toEqual([401, 401]);
    expect(JSON.parse(replies[0]?.text ?? '').error.status).toBe('UNAUTHENTICATED');
    expect((await ask(strict, 'x', {}, 'cdt_right')).status).toBe(200);
  });

  it('fields that it does not know, each dialect but its own', async () => {
    const plain = await started();
    const router = await started({ dialect: 'openrouter' });
    const extras = {
      modalities: ['image', 'text'],
      image_config: { aspect_ratio: '9:16', image_size: '2K' },
    };

    const refused = await ask(plain, 'x', extras);
    const taken = await ask(router, 'x', extras);

    expect(refused.status).toBe(400);
    expect(JSON.parse(refused.text).error.message).toBe(
      'Invalid JSON payload received. Unknown name "modalities": Cannot find field.',
    );
    expect(taken.status).toBe(200);
    expect(router.bill()[0]?.tokens.image).toBe(1680);
  });

  it.each([
    ['an unknown model', { model: 'gemini-9' }, 404],
    ['no messages', { messages: undefined }, 400],
    ['an empty list of messages', { messages: [] }, 400],
    ['a temperature out of range', { temperature: 3 }, 400],
    ['more tokens than the model has', { max_tokens: 40_000 }, 400],
  ])('%s', async (_, fields, status) => {
    const simulator = await started();

    const reply = await ask(simulator, 'x', fields);

    expect(reply.status).toBe(status);
    expect(simulator.bill()).toMatchObject([{ status, billed: false, creditsMicro: 0 }]);
  });

  it('calls once the credits are used up', async () => {
    const simulator = await started({ creditsMicro: 100_000_000 });

    const statuses: number[] = [];
    for (const prompt of ['a', 'b', 'c']) statuses.push((await ask(simulator, prompt)).status);

    expect(statuses).toEqual([200, 200, 402]);
  });

  it('calls over a limit that it never names, and says how long to wait', async () => {
    let nowMs = 1_800_000_000_000;
    const clock = { now: () => nowMs, sleep: async () => {} };
    const simulator = await started({ requestsPerMinute: 12, clock });

    const statuses: number[] = [];
    for (const prompt of ['a', 'b', 'c']) statuses.push((await ask(simulator, prompt)).status);
    const refused = await ask(simulator, 'c');
    nowMs += 5_000;
    const later = await ask(simulator, 'c');

    expect(statuses).toEqual([200, 200, 429]);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(JSON.stringify(JSON.parse(refused.text))).toContain('"retryDelay":"5s"');
    expect(later.status).toBe(200);
  });

  it('exactly one call for each failure that an operator must fix', async () => {
    const simulator = await started({ operatorFailuresAt: { 'credits-402': 2, 'quota-per-day': 4 } });

    const statuses: number[] = [];
    for (let call = 0; call < 6; call++) statuses.push((await ask(simulator, `prompt ${call}`)).status);

    expect(statuses).toEqual([200, 402, 200, 429, 200, 200]);
  });
});

describe('the bill', () => {
  it('is served over HTTP, equal to its own totals, without any prompt', async () => {
    const simulator = await started();
    await ask(simulator, 'a secret fox');
    await ask(simulator, 'a secret hare', { max_tokens: 800 });

    const text = await (await fetch(`${simulator.origin}/bill`)).text();

    const { calls, totals, inFlight } = JSON.parse(text);
    expect(calls).toEqual(simulator.bill());
    expect(calls).toMatchObject([
      { variant: 'V1', billed: true },
      { failure: 'max-tokens', billed: true },
    ]);
    expect(calls[1].tokens.text + calls[1].tokens.reasoning).toBe(800);
    expect(totals.creditsMicro).toBe(calls[0].creditsMicro + calls[1].creditsMicro);
    expect(inFlight).toBe(0);
    expect(text).not.toContain('secret');
  });

  it('has the work of a client that went away', async () => {
    let letGo = () => {};
    const working = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    let begun = () => {};
    const arrived = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const sleep = async () => {
      begun();
      await working;
    };
    const simulator = await started({ latency: 'demo', clock: { now: () => 1_800_000_000_000, sleep } });
    const leaving = new AbortController();
    const call = fetch(`${simulator.url}/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer cdt_x' },
      body: JSON.stringify({
        model: 'gemini-3-pro-image-preview',
        messages: [{ role: 'user', content: 'fox' }],
      }),
      signal: leaving.signal,
    });

    await arrived;
    leaving.abort();
    await expect(call).rejects.toThrow();
    letGo();
    await simulator.idle();

    expect(simulator.bill()).toMatchObject([{ billed: true, tokens: { image: 1120 } }]);
  });

  it('is summed up in a line', async () => {
    const simulator = await started();
    await ask(simulator, 'a fox');

    expect(simulatorBanner(simulator)).toContain(simulator.url);
    expect(simulatorSummary(simulator)).toMatch(/^1 simulated calls, 1 billed, [\d.]+ simulated credits$/);
  });
});

it('reports a port in use', async () => {
  const first = await started();

  const second = startSimulator({ port: Number(new URL(first.origin).port) });

  await expect(second).rejects.toThrow('EADDRINUSE');
});

it('waits as long as its latency says', async () => {
  const waits: number[] = [];
  const clock = { now: () => 1_800_000_000_000, sleep: async (ms: number) => void waits.push(ms) };
  const simulator = await started({ latency: 'asis', clock });

  await Promise.all(Array.from({ length: 60 }, (_, index) => ask(simulator, `prompt ${index}`)));

  const sorted = waits.toSorted((a, b) => a - b);
  expect(sorted[30]).toBeGreaterThan(18_000);
  expect(sorted[30]).toBeLessThan(33_000);
});

it('says whether it is there, and nothing of paths it does not have', async () => {
  const simulator = await started();

  const statuses = await Promise.all(
    ['/healthz', '/', '/pictures/none.png'].map(
      async (path) => (await fetch(simulator.origin + path)).status,
    ),
  );

  expect(statuses).toEqual([200, 404, 404]);
});

it('takes the prompt apart from its pictures', async () => {
  const simulator = await started({ pictures: 'drawn' });

  const reply = await ask(simulator, 'Generate an image: <svg onload=1> & "quotes" \u0000 여우');

  expect(picturesIn(reply)).toHaveLength(1);
});
