import { describe, expect, test } from 'vitest';
import { type ByteLoan, createByteBudget } from '../../../shared/runtime/memory/byte-budget.ts';
import fc from '../../support/property.ts';

const LIMIT = 100;
const never = new AbortController().signal;

/** Whether a request was granted, looked at once all that can continue has. */
async function isGranted(wait: Promise<void> | undefined): Promise<boolean> {
  if (wait === undefined) return true;
  return await Promise.race([wait.then(() => true), new Promise<boolean>((no) => setImmediate(no, false))]);
}

describe('memory of all responses together', () => {
  test('stays within the limit: a response too many waits until others release theirs', async () => {
    const budget = createByteBudget(LIMIT);
    const [first, second] = [budget.open(), budget.open()];
    first.acquire(60, never);
    const wait = second.acquire(60, never);

    expect(await isGranted(wait)).toBe(false);
    first.giveBack();
    expect(await isGranted(wait)).toBe(true);
    expect(budget.used()).toBe(60);
  });

  test('may be one alone that is larger than all there is', async () => {
    const budget = createByteBudget(LIMIT);
    const huge = budget.open();

    expect(huge.acquire(5 * LIMIT, never)).toBeUndefined();
    expect(huge.acquire(LIMIT, never), 'and grow').toBeUndefined();
    expect(await isGranted(budget.open().acquire(1, never)), 'others wait').toBe(false);
  });

  test('lets small ones pass a large one that waits, but not for ever', async () => {
    const budget = createByteBudget(LIMIT);
    const holders = [budget.open(), budget.open()];
    for (const each of holders) each.acquire(40, never);
    const large = budget.open().acquire(90, never);
    let passed = 0;
    for (; passed < 10_000; passed += 1) {
      const small = budget.open();
      if (!(await isGranted(small.acquire(10, never)))) break;
      small.giveBack();
    }

    expect(passed).toBeGreaterThan(10);
    expect(passed).toBeLessThan(1_000);
    for (const each of holders) each.giveBack();
    expect(await isGranted(large)).toBe(true);
  });

  test('never deadlocks while each has some and waits for more: the largest exceeds its share', async () => {
    const budget = createByteBudget(LIMIT);
    const loans = [30, 40, 30].map((bytes) => {
      const loan = budget.open();
      loan.acquire(bytes, never);
      return loan;
    });
    const waits = loans.map((loan) => loan.acquire(20, never));

    expect(await Promise.all(waits.map(isGranted))).toEqual([false, true, false]);
    loans[1]?.giveBack();
    expect(await Promise.all(waits.map(isGranted))).toEqual([true, true, true]);
  });

  test('is not waited for any longer when the call is aborted', async () => {
    const budget = createByteBudget(LIMIT);
    const ended = new AbortController();
    budget.open().acquire(LIMIT, never);
    const wait = budget.open().acquire(10, ended.signal);
    ended.abort(new Error('stop'));

    await expect(wait).rejects.toThrow('stop');
    expect(budget.used()).toBe(LIMIT);
  });
});

/** One that takes some bytes, works, takes more, and ends: as it should, by a failure, or aborted at any moment. */
const actor = fc.record({
  takes: fc.array(fc.integer({ min: 1, max: 150 }), { minLength: 1, maxLength: 5 }),
  turns: fc.integer({ min: 0, max: 4 }),
  end: fc.constantFrom('done', 'thrown', 'aborted'),
  abortAfter: fc.integer({ min: 0, max: 30 }),
});

test('whatever fails or is aborted, all end, all is given back, and at most one is beyond the limit', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(actor, { minLength: 1, maxLength: 30 }), async (actors) => {
      const budget = createByteBudget(LIMIT);
      const held = new Map<ByteLoan, number>();
      let tooMuch = '';
      const check = () => {
        const sizes = [...held.values()].sort((a, b) => a - b);
        const sum = sizes.reduce((total, each) => total + each, 0);
        if (sum !== budget.used()) tooMuch = `${sum} are held, ${budget.used()} are counted`;
        if (sum - (sizes.at(-1) ?? 0) > LIMIT) tooMuch = `held: ${sizes}`;
      };

      const ends = actors.map(async ({ takes, turns, end, abortAfter }) => {
        const stop = new AbortController();
        const stopping = end === 'aborted' && afterTurns(abortAfter).then(() => stop.abort());
        const loan = budget.open();
        try {
          for (const bytes of takes) {
            await loan.acquire(bytes, stop.signal);
            held.set(loan, (held.get(loan) ?? 0) + bytes);
            await afterTurns(turns);
            stop.signal.throwIfAborted();
          }
          if (end === 'thrown') throw new Error('as it may be');
        } finally {
          held.delete(loan);
          loan.giveBack();
          await stopping;
          await afterTurns(1);
          check();
        }
      });
      await Promise.allSettled(ends);

      expect(tooMuch).toBe('');
      expect(budget.used()).toBe(0);
    }),
    { numRuns: 500 },
  );
});

async function afterTurns(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
