import { describe, expect, test } from 'vitest';
import { randomFrom } from '../../../local/simulator/random.ts';
import {
  afterImage,
  afterTrial,
  afterUseless,
  isOnTrial,
  isSystematic,
  mayBeginTrialCall,
  NO_RECORD,
  type PaidRecord,
  streakLimit,
  withTrial,
} from '../../../shared/domain/calls/paid-record.ts';

describe('a streak of paid answers without an image', () => {
  test.each([
    [0, 0, 3],
    [1, 0, 10],
    [20, 0, 5],
    [100, 0, 4],
    [500, 0, 3],
    [9_990, 10, 4],
    [9_500, 500, 8],
    [5_000, 5_000, 34],
  ])('after %i images and %i without is no chance from %i items on', (images, useless, limit) => {
    expect(streakLimit({ ...NO_RECORD, images, useless })).toBe(limit);
  });

  test('counts items, not tries: one odd prompt is that item’s own', () => {
    const record = useless(proven(500), ['a', 'a', 'a', 'b', 'a', 'b']);

    expect(isSystematic(record)).toBe(false);
    expect(isSystematic(useless(record, ['c']))).toBe(true);
  });

  test('on a fresh stage is no chance with the third paid call, for the second item at the latest', () => {
    expect(isSystematic(useless(NO_RECORD, ['a', 'b', 'a']))).toBe(true);
    expect(isSystematic(useless(NO_RECORD, ['a', 'a', 'a']))).toBe(false);
  });

  test('ends with an image, and counts from then on as chance', () => {
    const record = afterImage(useless(proven(500), ['a', 'b']), 2);

    expect(record).toMatchObject({ images: 501, useless: 2, streak: 0, streakItems: 0 });
  });

  test('is not ended by the image of an earlier call, nor started by a call sent before an image', () => {
    const streak = useless(proven(500), ['a', 'b']);

    expect(afterImage(streak, 0).streakItems).toBe(2);
    expect(useless({ ...proven(500), imageSentMs: 5 }, ['a', 'b', 'c'])).toMatchObject({
      streak: 0,
      useless: 3,
    });
  });

  test('counts calls that one hiccup of the network cut at once as one', () => {
    const lost = (item: string, sentAtMs: number) => ({ item, sentAtMs, atMs: 5_000, arrived: false });
    const cut = ['a', 'b', 'c', 'd'].reduce(
      (record, item) => afterUseless(record, lost(item, 1)),
      proven(500),
    );

    expect(cut.streakItems).toBe(1);
    expect(
      isSystematic(['e', 'f'].reduce((record, item) => afterUseless(record, lost(item, 6_000)), cut)),
    ).toBe(true);
  });
});

describe('a model on trial', () => {
  test('has one call at a time until its first image', () => {
    const trying = withTrial(NO_RECORD, 1_000);
    if (trying === undefined) throw new Error('the first call may begin');

    expect(isOnTrial(trying)).toBe(true);
    expect(withTrial(trying, 1_001)).toBeUndefined();
    expect(isOnTrial(afterImage(trying, 1_000))).toBe(false);
  });

  test('tries again after a call that cost nothing, and after one whose worker died', () => {
    const trying = { ...NO_RECORD, trial: { sinceMs: 1_000, untilMs: 331_000 } };

    expect(mayBeginTrialCall(afterTrial(trying, 1_000), 1_001)).toBe(true);
    expect(mayBeginTrialCall(trying, 331_000)).toBe(true);
  });

  test('is one again while a streak is not broken', () => {
    expect(isOnTrial(useless(proven(500), ['a', 'b', 'c']))).toBe(true);
  });
});

test('with 5 % of useless answers at random, 20 runs of 10,000 rows never pause', () => {
  const pauses = Array.from({ length: 20 }, (_, seed) => pausesOfRun(seed, 10_000, 0.05));

  expect(pauses).toEqual(Array(20).fill(0));
});

test('five odd prompts in 10,000 rows pause nothing, wherever they are but side by side', () => {
  const odd = new Set([1, 2_000, 4_000, 6_000, 9_999]);

  expect(pausesOfRun(7, 10_000, (row) => (odd.has(row) ? 1 : 0))).toBe(0);
});

/** Rows through 16 slots with latencies drawn at random, each tried up to three times; how often a person was asked. */
function pausesOfRun(seed: number, rows: number, chance: number | ((row: number) => number)): number {
  const random = randomFrom('streaks', seed);
  const chanceOf = typeof chance === 'number' ? () => chance : chance;
  const waiting = Array.from({ length: rows }, (_, row) => ({ row, tries: 0 }));
  const underWay: { row: number; tries: number; sentAtMs: number; atMs: number }[] = [];
  let record: PaidRecord = NO_RECORD;
  let pauses = 0;
  let nowMs = 0;
  while (waiting.length + underWay.length > 0) {
    const slots = isOnTrial(record) ? 1 : 16;
    while (underWay.length < slots) {
      const next = waiting.shift();
      if (next === undefined) break;
      underWay.push({ ...next, sentAtMs: nowMs, atMs: nowMs + random.between(7_000, 56_000) });
    }
    underWay.sort((one, other) => one.atMs - other.atMs);
    const ended = underWay.shift();
    if (ended === undefined) break;
    nowMs = ended.atMs;
    if (!random.chance(chanceOf(ended.row))) {
      record = afterImage(record, ended.sentAtMs);
      continue;
    }
    const call = { item: String(ended.row), sentAtMs: ended.sentAtMs, atMs: nowMs, arrived: true };
    record = afterUseless(record, call);
    if (isSystematic(record)) pauses += 1;
    if (ended.tries < 2) waiting.splice(16, 0, { row: ended.row, tries: ended.tries + 1 });
  }
  return pauses;
}

function proven(images: number): PaidRecord {
  return { ...NO_RECORD, images };
}

function useless(record: PaidRecord, items: readonly string[]): PaidRecord {
  return items.reduce(
    (before, item) => afterUseless(before, { item, sentAtMs: 1, atMs: 2, arrived: true }),
    record,
  );
}
