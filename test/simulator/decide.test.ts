import { describe, expect, it } from 'vitest';
import { type FailureName, SIMULATED_FAILURES } from '../../local/simulator/failures.ts';
import type { SimulatorOptions } from '../../local/simulator/options.ts';
import { PROFILES } from '../../local/simulator/profiles.ts';
import { startSimulator } from '../../local/simulator/server.ts';
import { FAILURES as FACTS } from '../../shared/domain/calls/failure.ts';
import { ask } from './asking.ts';

const PROMPTS = Array.from({ length: 120 }, (_, index) => `A fox, number ${index}`);

describe('the mixed profile', () => {
  it('decides the same for the same seed, whatever the order in which calls arrive', async () => {
    const inOrder = await billOf(PROMPTS, { seed: 7 });
    const reversed = await billOf(PROMPTS.toReversed(), { seed: 7 });

    expect(reversed).toEqual(inOrder);
  });

  it('decides otherwise for another seed', async () => {
    expect(await billOf(PROMPTS, { seed: 1 })).not.toEqual(await billOf(PROMPTS, { seed: 2 }));
  });

  it('lets most prompts end with an image after a few tries, and some not', async () => {
    const simulator = await startSimulator({ latency: 'none', pictures: 'plain', profile: 'mixed' });

    let done = 0;
    for (const prompt of PROMPTS) {
      for (let tries = 0; tries < 4; tries++) {
        await ask(simulator, prompt).catch(() => undefined);
        const last = simulator.bill().at(-1);
        if (last?.failure === undefined) done++;
        if (last?.failure === undefined || isFinal(last.failure)) break;
      }
    }

    await simulator.close();
    expect(done).toBeGreaterThan(PROMPTS.length * 0.93);
    expect(done).toBeLessThan(PROMPTS.length);
    const limited = simulator.bill().filter((entry) => entry.failure?.startsWith('rate-limit'));
    expect(limited.length).toBeGreaterThan(0);
  });

  it('never draws a failure that only an operator could fix', () => {
    const remedies = Object.keys(PROFILES.mixed.failures).map(
      (code) => FACTS[code as keyof typeof FACTS].remedy.kind,
    );

    expect(remedies.length).toBeGreaterThan(5);
    expect(FACTS.auth.remedy.kind).toBe('operator');
    expect(remedies).not.toContain('operator');
  });
});

/** What was billed for which prompt, in an order that does not tell the order of arrival. */
async function billOf(prompts: readonly string[], options: SimulatorOptions): Promise<unknown[]> {
  const clock = { now: () => 1_800_000_000_000, sleep: async () => {} };
  const simulator = await startSimulator({ pictures: 'plain', profile: 'mixed', clock, ...options });
  await Promise.all(prompts.map((prompt) => ask(simulator, prompt).catch(() => undefined)));
  await simulator.close();
  return simulator.bill().toSorted((a, b) => a.id.localeCompare(b.id));
}

function isFinal(failure: string): boolean {
  return FACTS[SIMULATED_FAILURES[failure as FailureName].code].remedy.kind === 'final';
}
