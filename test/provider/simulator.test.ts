import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VARIANTS } from '../../local/simulator/answers/variants.ts';
import type { Outcome } from '../../local/simulator/decide.ts';
import { FAILURE_NAMES, SIMULATED_FAILURES } from '../../local/simulator/failures.ts';
import { type Simulator, startSimulator } from '../../local/simulator/server.ts';
import { createLinkFetch } from '../../shared/provider/http/image-link.ts';
import { FREE_MEMORY } from '../../shared/provider/scan/free-memory.ts';
import type { Provider } from '../../shared/provider/types.ts';
import { failureOf, imagesOf, providerAt, REQUEST } from './fixtures/calls.ts';
import { LOOPBACK_CERT, LOOPBACK_KEY } from './fixtures/loopback.ts';

let simulator: Simulator;
let provider: Provider;
let outcome: Outcome = { kind: 'image' };

beforeAll(async () => {
  simulator = await startSimulator({
    latency: 'none',
    pictures: 'plain',
    oversizeBytes: 5_000_000,
    tls: { key: LOOPBACK_KEY, cert: LOOPBACK_CERT },
    script: () => outcome,
  });
  const fetchLink = createLinkFetch({
    hosts: ['127.0.0.1'],
    isAllowedAddress: (address) => address === '127.0.0.1',
    maxBytes: 4_000_000,
    timeoutMs: 5_000,
    ca: LOOPBACK_CERT,
  });
  provider = providerAt(simulator.url, { fetchLink, maxAnswerBytes: 4_000_000 });
});
afterAll(() => simulator.close());

describe('the client and the simulator, written apart from the same contract, agree', () => {
  test.each(VARIANTS)('on where the image is in %s', async (variant) => {
    outcome = { kind: 'image', variant };
    const settings = { ...REQUEST.settings, aspectRatio: '16:9', imageSize: '1K' } as const;

    const images = imagesOf(
      await provider.call({ ...REQUEST, prompt: `a fox as ${variant}`, settings }, undefined, FREE_MEMORY),
    );

    expect(images.at(-1)).toMatchObject({ width: 1376, height: 768 });
  });

  test.each(FAILURE_NAMES)('on what failed in %s', async (failure) => {
    outcome = { kind: 'failure', failure };

    const { code, reach } = failureOf(
      await provider.call({ ...REQUEST, prompt: `a fox that fails by ${failure}` }, undefined, FREE_MEMORY),
    );

    expect(code).toBe(SIMULATED_FAILURES[failure].code);
    // What was billed is never taken for free.
    if (SIMULATED_FAILURES[failure].uses !== 'nothing') expect(['answered', 'lost']).toContain(reach);
  });
});
