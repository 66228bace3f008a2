import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { eachConcurrently, inGroups } from '../../../shared/pipeline/each-concurrently.ts';

describe('each at once', () => {
  test('does all, never more than so many at a time', async () => {
    const done: number[] = [];
    let running = 0;
    let most = 0;

    await eachConcurrently([1, 2, 3, 4, 5, 6, 7], 3, async (each) => {
      running += 1;
      most = Math.max(most, running);
      await setImmediate();
      running -= 1;
      done.push(each);
    });

    expect(done.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(most).toBe(3);
  });

  test('asks for the next one only when there is a place for it', async () => {
    let asked = 0;
    function* numbers() {
      for (;;) {
        asked += 1;
        yield asked;
      }
    }

    const failed = eachConcurrently(numbers(), 2, async (each) => {
      await setImmediate();
      if (each === 5) throw new Error('five');
    });

    await expect(failed).rejects.toThrow('five');
    await setImmediate();
    expect(asked).toBeLessThan(9);
  });

  test('groups values, the last group with the rest', () => {
    expect([...inGroups([1, 2, 3, 4, 5], 2)]).toEqual([[1, 2], [3, 4], [5]]);
    expect([...inGroups([], 2)]).toEqual([]);
  });
});
