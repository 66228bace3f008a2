import { describe, expect, onTestFinished, test } from 'vitest';
import { VARIANTS } from '../../../local/simulator/answers/variants.ts';
import { startSimulator } from '../../../local/simulator/server.ts';
import { systemClock } from '../../../shared/aws/system-clock.ts';
import { answerShape } from '../../../shared/provider/answer/answer-shape.ts';
import { createProvider, type SeenAnswer } from '../../../shared/provider/client.ts';
import { REQUEST } from '../fixtures/calls.ts';

describe('the shape of an answer', () => {
  test.each(VARIANTS)('of variant %s names the place of the image', async (variant) => {
    const simulator = await startSimulator({
      latency: 'none',
      pictures: 'plain',
      linkBase: 'https://pictures.core.today',
      script: () => ({ kind: 'image', variant }),
    });
    onTestFinished(simulator.close);
    const seen: SeenAnswer[] = [];
    const provider = createProvider({
      baseUrl: simulator.url,
      apiKey: async () => 'cdt_test',
      clock: systemClock(),
      random: Math.random,
      fetchLink: async () => ({ kind: 'refused', problem: 'not here' }),
      onAnswer: (answer) => seen.push(answer),
    });

    await provider.call(REQUEST);
    const [answer] = seen;

    expect(answer?.status).toBe(200);
    expect(answerShape(answer?.body ?? '').imagePlaces.length).toBeGreaterThan(0);
  });
});
