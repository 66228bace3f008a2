import { describe, expect, test } from 'vitest';
import { callWith, failureOf } from '../fixtures/calls.ts';
import type { AnswerCase } from './answer-case.ts';
import { keepsItsPromise, untilTheEnd } from './answer-end.ts';
import { CLOUD } from './cloud.ts';
import { FORMS } from './forms.ts';
import { GATEWAYS } from './gateways.ts';
import { MAKERS } from './makers.ts';
import { OTHERS } from './others.ts';
import { REFUSALS } from './refusals.ts';
import { WAITS } from './waits.ts';

const ALL: readonly AnswerCase[] = [
  ...REFUSALS,
  ...WAITS,
  ...OTHERS,
  ...CLOUD,
  ...GATEWAYS,
  ...MAKERS,
  ...FORMS,
];
const CHARGES = { unsent: 'none', refused: 'none', answered: 'booked', lost: 'unknown' } as const;

describe('an answer', () => {
  test.each(ALL)('$status $name is $code', async ({ status, headers, body, ...expected }) => {
    const raw = typeof body === 'string' ? body : JSON.stringify(body);

    const failure = failureOf(await callWith(raw, { status, headers: headers ?? {} }));
    const { calls, last } = untilTheEnd(failure);

    expect(failure.code, failure.message).toBe(expected.code);
    expect(CHARGES[failure.reach]).toBe(expected.charge);
    expect(calls).toBe(expected.calls);
    expect(failure.retryAfterMs).toBe(expected.waitS === undefined ? undefined : expected.waitS * 1_000);
    expect(keepsItsPromise(failure, last)).toBe(true);
    if (expected.hint !== undefined)
      expect(last).toMatchObject({ hint: expect.stringMatching(expected.hint) });
  });

  test('comes in at least 350 forms, each under a name of its own', () => {
    expect(ALL.length).toBeGreaterThanOrEqual(350);
    expect(new Set(ALL.map(({ status, name, code }) => `${status} ${name} ${code}`)).size).toBe(ALL.length);
  });
});
