import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  FAILURE_NAMES,
  type FailureName,
  failuresOf,
  SIMULATED_FAILURES,
  UNREACHABLE,
} from '../../local/simulator/failures.ts';
import { type Simulator, startSimulator } from '../../local/simulator/server.ts';
import { FAILURE_CODES } from '../../shared/domain/calls/failure.ts';
import { ask } from './asking.ts';

let simulator: Simulator;
let failure: FailureName = 'auth-401';

beforeAll(async () => {
  simulator = await startSimulator({
    latency: 'none',
    pictures: 'plain',
    oversizeBytes: 3_000_000,
    script: () => ({ kind: 'failure', failure }),
  });
});
afterAll(() => simulator.close());

const CUT: readonly FailureName[] = ['hang-up', 'hang-up-midway'];

describe('a failure', () => {
  it.each(FAILURE_NAMES.filter((name) => !CUT.includes(name)))('%s is answered whole', async (name) => {
    failure = name;

    const reply = await ask(simulator, `Fail with ${name}`);

    expect(simulator.bill().at(-1)).toMatchObject({ failure: name, status: reply.status });
    const erroneous = reply.status >= 400 && SIMULATED_FAILURES[name].code !== 'timeout';
    if (erroneous) expect(simulator.bill().at(-1)?.billed).toBe(false);
  });

  it.each(CUT)('%s cuts the connection after the work is done', async (name) => {
    failure = name;

    await expect(ask(simulator, `Fail with ${name}`)).rejects.toThrow();

    expect(simulator.bill().at(-1)?.failure).toBe(name);
  });

  it('exists for every code of the contract that a server can bring about', () => {
    const missing = FAILURE_CODES.filter((code) => failuresOf(code).length === 0);

    expect(missing).toEqual(UNREACHABLE);
  });

  it('of lost work is billed sometimes, and not always', async () => {
    failure = 'timeout-504';
    const from = simulator.bill().length;

    for (let call = 0; call < 30; call++) await ask(simulator, `Lost ${call}`);

    const billed = simulator
      .bill()
      .slice(from)
      .filter((entry) => entry.billed);
    expect(billed.length).toBeGreaterThan(5);
    expect(billed.length).toBeLessThan(25);
    expect(billed.every((entry) => entry.tokens.image === 1120)).toBe(true);
  });

  it('without an image is billed by its reported usage', async () => {
    failure = 'text-only';

    const reply = await ask(simulator, 'Only talk');

    const { usage } = JSON.parse(reply.text);
    const { input = 0, text = 0, reasoning = 0, image } = simulator.bill().at(-1)?.tokens ?? {};
    expect([usage.prompt_tokens, usage.completion_tokens, image]).toEqual([input, text + reasoning, 0]);
  });
});
