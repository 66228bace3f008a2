import type { TestContext } from 'vitest';
import type { SimulatorOptions } from '../../local/simulator/options.ts';
import { type Simulator, startSimulator } from '../../local/simulator/server.ts';
import { openWorkplace, type Workplace } from './workplace.ts';

type Cleanup = Pick<TestContext, 'onTestFinished'>;

/** A provider for one test: plain pictures, quick answers. */
export async function testProvider(
  { onTestFinished }: Cleanup,
  options: SimulatorOptions = {},
): Promise<Simulator> {
  const latency = { medianMs: 20, p95Ms: 40 };
  const simulator = await startSimulator({ pictures: 'plain', latency, ...options });
  onTestFinished(simulator.close);
  return simulator;
}

/** A new user's folder for one test. */
export async function testWorkplace({ onTestFinished }: Cleanup, env = {}): Promise<Workplace> {
  const work = await openWorkplace(env);
  onTestFinished(work.close);
  return work;
}

/** The environment of a user whose provider that is. */
export function envOf({ url }: Pick<Simulator, 'url'>, key = 'cdt_x'): Record<string, string> {
  return { PRESSRUN_PROVIDER_URL: url, CORE_TODAY_API_KEY: key };
}

/** A file of so many prompts. */
export function prompts(count: number): string {
  const lines = Array.from({ length: count }, (_, index) => `row-${index + 1},a red fox number ${index + 1}`);
  return `name,prompt\n${lines.join('\n')}\n`;
}
