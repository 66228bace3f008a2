import { describe, expect, test } from 'vitest';
import { FAILURE_CODES, type Failure, type FailureCode } from '../../../shared/domain/calls/failure.ts';
import { type ItemHistory, NO_HISTORY } from '../../../shared/domain/item/item.ts';
import {
  decideAfterCrash,
  decideAfterFailure,
  MAX_BILLABLE_ATTEMPTS,
  MAX_CRASHES,
  MAX_SHARED_CRASHES,
} from '../../../shared/domain/item/retry.ts';
import fc from '../../support/property.ts';

const REQUEST = { extrasSent: true };

function failure(code: FailureCode, more: Partial<Failure> = {}): Failure {
  return { code, message: 'it failed', reach: 'refused', ...more };
}

/** How often in a row an item may fail so and be tried again, before it fails for good. */
function retriesOf(code: FailureCode, reach: Failure['reach']): number {
  let history: ItemHistory = NO_HISTORY;
  for (let retries = 0; retries < 100; retries += 1) {
    const decision = decideAfterFailure(failure(code, { reach }), history, REQUEST, 0);
    if (decision.kind !== 'requeue') return retries;
    history = decision.history;
  }
  return Number.POSITIVE_INFINITY;
}

describe('after a failure', () => {
  test.each([
    ['auth', 'provider'],
    ['credits', 'provider'],
    ['forbidden', 'provider'],
    ['certificate', 'provider'],
    ['model', 'model'],
    ['quota', 'model'],
  ] as const)('%s pauses the %s for a person, and uses up no attempt', (code, scope) => {
    const decision = decideAfterFailure(failure(code), NO_HISTORY, REQUEST, 0);

    expect(decision).toMatchObject({ kind: 'pause', scope, history: NO_HISTORY });
    expect(decision).toHaveProperty('hint', expect.stringMatching(/\w/));
  });

  test.each([
    ['timeout', 'lost', 2],
    ['network', 'unsent', 4],
    ['no_image', 'answered', 2],
    ['max_tokens', 'answered', 1],
    ['text_only', 'answered', 2],
    ['lost_image', 'answered', 1],
    ['empty', 'answered', 2],
    ['bad_image', 'answered', 2],
    ['bad_json', 'answered', 2],
    ['unsupported_param', 'refused', 1],
    ['upstream', 'refused', 20],
    ['rate_limit', 'refused', Number.POSITIVE_INFINITY],
    ['too_large', 'refused', 0],
    ['bad_request', 'refused', 0],
    ['policy', 'refused', 0],
    ['http', 'refused', 0],
    ['blocked', 'answered', 0],
    ['response_too_large', 'lost', 0],
  ] as const)('%s (%s) is tried again %d times', (code, reach, retries) => {
    expect(retriesOf(code, reach)).toBe(retries);
  });

  test('of the dialect’s extras drops them from the next request; a refused plain request pauses', () => {
    const first = decideAfterFailure(failure('unsupported_param'), NO_HISTORY, { extrasSent: true }, 0);
    const plain = decideAfterFailure(failure('unsupported_param'), first.history, { extrasSent: false }, 0);

    expect(first).toMatchObject({ kind: 'requeue', history: { plainRequest: true } });
    expect(plain).toMatchObject({ kind: 'pause', scope: 'model', history: first.history });
  });

  test('of too few tokens the next request has twice as many, up to the ceiling', () => {
    const next = (maxTokens?: number) =>
      decideAfterFailure(
        failure('max_tokens'),
        NO_HISTORY,
        { ...REQUEST, ...(maxTokens && { maxTokens }) },
        0,
      ).history.maxTokens;

    expect(next()).toBe(16_384);
    expect(next(4_096)).toBe(8_192);
    expect(next(30_000)).toBe(32_768);
  });

  test('no row has more than four billable attempts, whatever they failed of', () => {
    const billable: FailureCode[] = ['timeout', 'text_only', 'no_image', 'empty'];
    const decisions = billable.map((code, index) => {
      const history = { ...NO_HISTORY, billable: index };
      return decideAfterFailure(failure(code, { reach: 'answered' }), history, REQUEST, 0);
    });

    expect(decisions.map(({ kind }) => kind)).toEqual(['requeue', 'requeue', 'requeue', 'fail']);
    expect(decisions.at(-1)?.history.billable).toBe(MAX_BILLABLE_ATTEMPTS);
  });

  test('a rate limit is waited out as long as the provider asks, and uses up no attempt', () => {
    const decision = decideAfterFailure(
      failure('rate_limit', { retryAfterMs: 57_200 }),
      NO_HISTORY,
      REQUEST,
      0.9,
    );

    expect(decision).toMatchObject({ kind: 'requeue', waitMs: 57_200, history: { billable: 0 } });
  });

  test('waits grow from half a second to a minute, and are spread', () => {
    const waitAfter = (failures: number, random: number) => {
      const history = { ...NO_HISTORY, failures: { upstream: failures - 1 } };
      const decision = decideAfterFailure(failure('upstream'), history, REQUEST, random);
      return decision.kind === 'requeue' ? decision.waitMs : undefined;
    };

    expect([waitAfter(1, 0), waitAfter(1, 0.999)]).toEqual([500, 1_000]);
    expect([waitAfter(4, 0), waitAfter(4, 0.5)]).toEqual([4_000, 6_000]);
    expect(waitAfter(20, 0.9999)).toBeLessThanOrEqual(60_000);
  });

  test('every failure has a decision, and every billed attempt counts', () => {
    const reaches = fc.constantFrom('unsent', 'refused', 'answered', 'lost');
    fc.assert(
      fc.property(
        fc.constantFrom(...FAILURE_CODES),
        reaches,
        fc.nat(4),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (code, reach, billable, random) => {
          const before = { ...NO_HISTORY, billable };
          const decision = decideAfterFailure(failure(code, { reach }), before, REQUEST, random);

          const isBillable = reach === 'answered' || reach === 'lost';
          if (isBillable && decision.kind !== 'pause') expect(decision.history.billable).toBe(billable + 1);
          expect(decision.history.billable).toBeGreaterThanOrEqual(billable);
        },
      ),
    );
  });
});

describe('after its worker died', () => {
  test('an item is tried again at once, and the attempt counts as billable', () => {
    expect(decideAfterCrash(NO_HISTORY, 'retry', false)).toMatchObject({
      kind: 'requeue',
      waitMs: 0,
      history: { crashes: 1, billable: 1 },
    });
  });

  test('an item fails in the end', () => {
    expect(decideAfterCrash({ ...NO_HISTORY, crashes: MAX_CRASHES - 1 }, 'retry', false)).toMatchObject({
      kind: 'fail',
      code: 'crashed',
    });
    const billable = MAX_BILLABLE_ATTEMPTS - 1;
    expect(decideAfterCrash({ ...NO_HISTORY, billable }, 'retry', false)).toMatchObject({
      kind: 'fail',
      code: 'crashed',
    });
  });

  test('an item is not to blame that died with others: it continues, up to a bound', () => {
    let history = NO_HISTORY;
    let deaths = 0;
    let decision = decideAfterCrash(history, 'retry', true);
    for (; decision.kind === 'requeue'; deaths += 1) {
      history = decision.history;
      decision = decideAfterCrash(history, 'retry', true);
    }

    expect(deaths).toBe(MAX_SHARED_CRASHES - 1);
    expect(decision).toMatchObject({ kind: 'fail', code: 'crashed' });
  });

  test('an item that died with others has as many attempts of its own left as before', () => {
    let history = NO_HISTORY;
    for (let nth = 0; nth < 10; nth += 1) history = decideAfterCrash(history, 'retry', true).history;
    const failure = { code: 'timeout', reach: 'lost', message: '' } as const;

    expect(decideAfterFailure(failure, history, { extrasSent: false }, 0)).toMatchObject({ kind: 'requeue' });
    expect(decideAfterCrash(history, 'retry', false)).toMatchObject({ kind: 'requeue' });
    expect(history).toMatchObject({ billable: 10, crashes: 10, sharedCrashes: 10 });
  });
});
