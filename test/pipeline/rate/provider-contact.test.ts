import { describe, expect, test } from 'vitest';
import type { Failure } from '../../../shared/domain/calls/failure.ts';
import { type ItemHistory, NO_HISTORY } from '../../../shared/domain/item/item.ts';
import { decideAfterFailure, type RetryDecision } from '../../../shared/domain/item/retry.ts';
import { createProviderContact } from '../../../shared/pipeline/rate/provider-contact.ts';

const unreached: Failure = {
  code: 'network',
  message: 'nothing was sent to the provider: ECONNREFUSED',
  reach: 'unsent',
};
const refused: Failure = { code: 'upstream', message: '503', reach: 'refused' };

describe('while the provider is unreachable', () => {
  test('a provider that never answered this worker is a wrong address: paused after three seconds, at no attempt', () => {
    const { contact, waitMs } = contactAt(0);

    const first = contact.judge(unreached, decided(NO_HISTORY));
    waitMs(3_000);
    const second = contact.judge(unreached, decided(first.history));

    expect(first.kind).toBe('requeue');
    expect(second).toMatchObject({ kind: 'pause', scope: 'provider', history: { failures: {} } });
    expect(second).toHaveProperty('hint', expect.stringContaining('PRESSRUN_PROVIDER_URL'));
  });

  test('an outage uses up attempts of no item, and pauses when it has lasted for a minute', () => {
    const { contact, waitMs } = contactAt(0);
    contact.answered();
    let history = NO_HISTORY;

    const kinds: string[] = [];
    for (let second = 0; second <= 60; second += 1) {
      const decision = contact.judge(unreached, decided(history));
      kinds.push(decision.kind);
      history = decision.history;
      waitMs(1_000);
    }

    expect(new Set(kinds.slice(0, 60))).toEqual(new Set(['requeue']));
    expect(kinds.at(-1)).toBe('pause');
    expect(history.failures).toEqual({});
  });

  test('a failed connection among calls that get through counts against its item', () => {
    const { contact } = contactAt(0);
    let history = NO_HISTORY;

    const kinds: string[] = [];
    for (let nth = 1; nth <= 5; nth += 1) {
      contact.answered();
      const decision = contact.judge(unreached, decided(history));
      kinds.push(decision.kind);
      history = decision.history;
    }

    expect(kinds).toEqual(['requeue', 'requeue', 'requeue', 'requeue', 'fail']);
  });

  test('a refusal is an answer too: the provider was reached', () => {
    const { contact, waitMs } = contactAt(0);
    contact.judge(unreached, decided(NO_HISTORY));
    waitMs(3_000);

    const asDecided = decided(NO_HISTORY, refused);
    expect(contact.judge(refused, asDecided)).toBe(asDecided);
    expect(contact.judge(unreached, decided(NO_HISTORY)).kind).toBe('requeue');
  });
});

function contactAt(nowMs: number) {
  let now = nowMs;
  const contact = createProviderContact({ now: () => now });
  const waitMs = (ms: number) => {
    now += ms;
  };
  return { contact, waitMs };
}

function decided(history: ItemHistory, failure: Failure = unreached): RetryDecision {
  return decideAfterFailure(failure, history, { extrasSent: false }, 0.5);
}
