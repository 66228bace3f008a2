import { describe, expect, test } from 'vitest';
import { backpressureLines } from '../../../cli/text/backpressure-lines.ts';
import { type ModelLimits, modelCatalog, withLimits } from '../../../shared/domain/calls/models.ts';
import type { ProviderState } from '../../../shared/domain/calls/provider-state.ts';
import { UNKNOWN_STATE } from '../../../shared/domain/calls/provider-state.ts';
import { readBackpressure } from '../../../shared/pipeline/rate/backpressure.ts';
import { stateKey, stateToRow } from '../../../shared/pipeline/rows/provider-state-row.ts';
import { NOON_MS } from '../../support/test-clock.ts';
import { MODEL } from '../../support/virtual-fleet.ts';

const LIMITER = { ...UNKNOWN_STATE.limiter, lastSlotMs: NOON_MS };

describe('backpressure on a model is one line', () => {
  test.each([
    [
      'a limit that was learnt',
      { ...UNKNOWN_STATE, limiter: { ...LIMITER, rate: 19.4, limit: 20 } },
      {},
      [`slowed: ${MODEL}: 20 requests a minute, measured from 429s`],
    ],
    [
      'a limit that is pinned',
      { ...UNKNOWN_STATE, limiter: { ...LIMITER, rate: 60, limit: 60 } },
      { requestsPerMinute: 60 },
      [`slowed: ${MODEL}: 60 requests a minute, as configured`],
    ],
    [
      'an outage',
      {
        ...UNKNOWN_STATE,
        breaker: {
          ...UNKNOWN_STATE.breaker,
          failures: 9,
          openSinceMs: NOON_MS - 600_000,
          probes: 9,
          nextProbeAtMs: NOON_MS + 30_000,
        },
      },
      {},
      [
        `waiting: ${MODEL} answers 5xx: breaker open since 2026-11-21T11:50:00Z, 9 probes so far, the next in 30 s; resumes automatically`,
      ],
    ],
    ['nothing, where none is known', UNKNOWN_STATE, {}, []],
    [
      'nothing, where nobody has called for an hour',
      { ...UNKNOWN_STATE, limiter: { ...LIMITER, rate: 20, limit: 20, lastSlotMs: NOON_MS - 3_600_000 } },
      {},
      [],
    ],
  ] satisfies [string, ProviderState, ModelLimits, string[]][])('%s', async (_, state, limits, lines) => {
    const row = stateToRow(MODEL, { version: 1, state });
    const models = withLimits(modelCatalog(), { [MODEL]: limits });
    const table = {
      ...NO_TABLE,
      get: async ({ pk }: { pk: string }) => (pk === stateKey(MODEL).pk ? row : undefined),
    };

    expect(backpressureLines(await readBackpressure({ table, models }, NOON_MS), NOON_MS)).toEqual(lines);
  });
});

const NO_TABLE = {
  query: () => {
    throw new Error('nothing is queried');
  },
  write: () => Promise.reject(new Error('nothing is written')),
};
