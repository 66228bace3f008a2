import { describe, expect, test } from 'vitest';
import { steadyClock } from '../../shared/runtime/steady-clock.ts';
import { type TimeJump, watchTime } from '../../shared/runtime/time-watch.ts';
import { standingClock, type TestClock } from '../support/test-clock.ts';

const HOUR_MS = 3_600_000;

describe('the clock of a stage on one machine', () => {
  test('follows the machine’s, also when that jumps forward', () => {
    const { time, clock } = settable();
    clock.advance(5_000);
    time.byMs = HOUR_MS;

    expect(steadyClock(clock, time).now()).toBe(clock.now() + HOUR_MS);
  });

  test('runs at half speed after the machine’s is set back, until that has caught up', () => {
    const { time, clock } = settable();
    const steady = steadyClock(clock, time);
    const beganMs = steady.now();

    time.byMs = -HOUR_MS;
    const atOnceMs = steady.now();
    const shown = [0.5, 1, 1.5, 2, 3].map((hours) => {
      clock.advance(beganMs + hours * HOUR_MS - clock.now());
      return (steady.now() - beganMs) / HOUR_MS;
    });

    expect(atOnceMs).toBe(beganMs);
    expect(shown).toEqual([0.25, 0.5, 0.75, 1, 2]);
  });
});

describe('a jump of time is reported', () => {
  test.each<[what: string, wallMs: number, passedMs: number, told: TimeJump[]]>([
    ['a second, as it should be', 1_000, 1_000, []],
    ['a busy machine', 9_000, 9_000, []],
    ['a clock that is kept right', 1_200, 1_000, []],
    ['a clock that is set back', 1_000 - HOUR_MS, 1_000, [{ kind: 'set-back', ms: HOUR_MS }]],
    ['a clock that is set forward', 1_000 + HOUR_MS, 1_000, [{ kind: 'slept', ms: HOUR_MS }]],
    ['a machine that slept, its timers with it', 601_000, 1_000, [{ kind: 'slept', ms: 600_000 }]],
    ['a process that was stopped', 141_000, 141_000, [{ kind: 'stopped', ms: 140_000 }]],
  ])('%s', async (_, wallMs, passedMs, told) => {
    const { time, clock } = settable();
    const jumps: TimeJump[] = [];
    const watch = watchTime(clock, (jump) => jumps.push(jump), time);

    time.byMs = wallMs - passedMs;
    clock.advance(passedMs);
    await watch.stop();

    expect(jumps).toEqual(told);
  });
});

/** A machine whose clock shows another time than has passed. */
function settable() {
  const clock: TestClock = standingClock();
  const time = { byMs: 0, wall: () => clock.now() + time.byMs, elapsed: () => clock.now() };
  return { time, clock };
}
