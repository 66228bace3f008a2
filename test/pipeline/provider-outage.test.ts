import { describe, expect, test } from 'vitest';
import type { Failure } from '../../shared/domain/failure.ts';
import { type ItemHistory, NO_HISTORY } from '../../shared/domain/item.ts';
import { decideAfterFailure } from '../../shared/domain/retry.ts';
import { createOutageWatch } from '../../shared/pipeline/provider-outage.ts';

const unavailable: Failure = { code: 'upstream', message: '503', reach: 'refused' };

describe('while the provider answers 5xx', () => {
  test('hours of 503 fail no item: they use up no attempt, and the waits grow to a minute', () => {
    let nowMs = 0;
    const watch = createOutageWatch({ now: () => nowMs });
    let history = NO_HISTORY;

    const waits: number[] = [];
    while (nowMs < 3 * 3_600_000) {
      const decision = watch.judge('flash', unavailable, decided(history));
      if (decision.kind !== 'requeue') throw new Error(decision.kind);
      history = decision.history;
      waits.push(decision.waitMs);
      nowMs += decision.waitMs;
    }

    expect(history.failures.upstream).toBe(1);
    expect(waits.at(-1)).toBe(60_000);
  });

  test('an item that fails among items that succeed fails in the end', () => {
    const watch = createOutageWatch({ now: () => 0 });
    let history: ItemHistory = NO_HISTORY;

    const kinds: string[] = [];
    for (let nth = 1; nth <= 21; nth += 1) {
      const decision = watch.judge('flash', unavailable, decided(history));
      history = decision.history;
      kinds.push(decision.kind);
      watch.succeeded('flash');
    }

    expect(kinds.filter((kind) => kind === 'requeue')).toHaveLength(20);
    expect(kinds.at(-1)).toBe('fail');
  });

  test('an outage of one model is not one of another', () => {
    const watch = createOutageWatch({ now: () => 0 });
    watch.judge('flash', unavailable, decided(NO_HISTORY));

    const decision = watch.judge('pro', unavailable, decided(NO_HISTORY));

    expect(decision.history.failures).toEqual({ upstream: 1 });
  });
});

function decided(history: ItemHistory) {
  return decideAfterFailure(unavailable, history, { extrasSent: false }, 0.5);
}
