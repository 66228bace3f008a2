// Your own client against the simulator: real HTTP, a bill of its own, every failure on demand.
// npm install pressrun openai && node --test simulator.test.ts
import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';
import { startSimulator } from 'pressrun/simulator';

test('a picture comes back, and the third call is refused', async (context) => {
  const simulator = await startSimulator({
    latency: { medianMs: 10, p95Ms: 20 },
    operatorFailuresAt: { 'credits-402': 3 },
  });
  context.after(simulator.close);
  const client = new OpenAI({ baseURL: simulator.url, apiKey: 'cdt_anything', maxRetries: 0 });
  const ask = () =>
    client.chat.completions.create({
      model: 'gemini-3.1-flash-image-preview',
      messages: [{ role: 'user', content: 'Generate an image: a red fox' }],
    });

  const first = await ask();
  await ask();
  await assert.rejects(ask(), { status: 402 });

  assert.match(first.choices[0]?.message.content ?? '', /data:image\/png;base64,/);
  // A refused call is on the bill, and costs nothing.
  assert.deepEqual(
    simulator.bill().map(({ creditsMicro }) => creditsMicro > 0),
    [true, true, false],
  );
});
