import type { Random } from '../../local/simulator/random.ts';
import type { Clock } from '../../shared/pipeline/ports.ts';
import { allSettled } from './all-settled.ts';
import { befall, type Hands } from './befall.ts';
import { createFaultPlan } from './fault-plan.ts';
import { type Fault, type FaultKind, SimulatedFault } from './faults.ts';
import { createOperation, type Operation, type Order } from './operation.ts';
import type { Process } from './process.ts';
import { createRivals } from './rivals.ts';
import { createTimers } from './timers.ts';

interface SchedulerOptions {
  readonly startMs: number;
  /** Decides what comes next. */
  readonly random: Random;
  readonly faults: readonly Fault[];
  /** Sees every step before it happens. */
  readonly onStep?: (step: Step) => void;
}

export interface Step {
  readonly number: number;
  readonly atMs: number;
  readonly operation: Operation;
  readonly fault: Fault | undefined;
}

/**
 * Time and order of a simulated world. Everything that the pipeline asks of it waits here as an operation; at each step one
 * of those that wait is chosen by the seed, and happens, with a fault where the plan has one for it. Between two steps all
 * that can continue alone does. Time passes a little with each step, and leaps where nothing else is left to do.
 */
export interface Scheduler {
  now(): number;
  clockOf(process: Process): Clock;
  /** Waits for its turn, happens, and gives its answer; or never, where its process dies. */
  perform<Result>(process: Process, order: Order<Result>): Promise<Result>;
  after(ms: number, act: () => void, of?: Process): void;
  kill(process: Process): void;
  /** Who does what happens right now. */
  actor(): Process | undefined;
  /** Goes on until `isOver` says so after a step; `false` where that is not by then. */
  runUntil(isOver: () => boolean, latestMs: number): Promise<boolean>;
  steps(): number;
  /** Operations that are on their way without anybody who waits for them. */
  underWay(): number;
  faults(): ReadonlyMap<FaultKind, number>;
  /** Places that took no more for a while. */
  throttledPlaces(): ReadonlySet<string>;
}

/** A run that takes so many steps goes round in circles; 430 messages that wait for an outage of 15 minutes take half of them. */
const MOST_STEPS = 400_000;
/** Nor is there so much to do at once: 1,000 messages of ended rows take 14 steps each. Whoever takes more asks again and again. */
const MOST_BUSY_STEPS = 15_000;

export function createScheduler({ startMs, random, faults, onStep }: SchedulerOptions): Scheduler {
  let nowMs = startMs;
  let steps = 0;
  let underWay = 0;
  let leaptAtStep = 0;
  let acting: Process | undefined;
  const waiting: Operation[] = [];
  const timers = createTimers();
  const plan = createFaultPlan(faults);
  const rivals = createRivals();
  const happened = new Map<FaultKind, number>();
  const throttled = new Map<string, { readonly untilMs: number; readonly fault: Fault }>();

  const after = (ms: number, act: () => void, of?: Process) =>
    timers.set({ atMs: nowMs + Math.max(0, ms), of, act });

  function clockOf(process: Process): Clock {
    return {
      now: () => nowMs + process.skewMs,
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          if (ms <= 0 || signal?.aborted) return resolve();
          const timer = after(ms, wake, process);
          signal?.addEventListener('abort', wake, { once: true });
          function wake() {
            timers.cancel(timer);
            signal?.removeEventListener('abort', wake);
            resolve();
          }
        }),
    };
  }

  function perform<Result>(process: Process, order: Order<Result>): Promise<Result> {
    const error = () => new SimulatedFault(`${order.name} failed (simulated)`);
    const { operation, answer } = createOperation(process, order, error);
    waiting.push(operation);
    return answer;
  }

  function kill(process: Process): void {
    if (process.dead) return;
    process.dead = true;
    const orphans = waiting.filter((operation) => operation.process === process);
    for (const orphan of orphans) {
      waiting.splice(waiting.indexOf(orphan), 1);
      // It may have left the machine just before.
      if (orphan.readyAtMs() <= nowMs && random.chance(0.5)) happen(orphan);
    }
    process.onDeath();
  }

  function happenInPart(operation: Operation): void {
    acting = operation.process;
    operation.happenInPart();
    acting = undefined;
  }

  function happen(operation: Operation, how: 'happen' | 'happenAgain' = 'happen'): () => void {
    acting = operation.process;
    const handOver = operation[how]();
    acting = undefined;
    return handOver;
  }

  const hands: Hands = {
    now: () => nowMs,
    happen,
    happenInPart,
    after,
    arriveLater,
    throttle: (places, ms) => {
      for (const place of places)
        throttled.set(place, { untilMs: nowMs + ms, fault: { step: steps, kind: 'throttled', ms } });
    },
    waitAgain: (operation) => void waiting.push(operation),
    awaitRival: rivals.await,
    kill,
  };

  /** Whoever stood still for this goes on, and either of the two may be first. */
  function meetsRival(operation: Operation): boolean {
    const rival = rivals.meet(operation, nowMs);
    if (rival === undefined) return false;
    timers.thaw(rival, rival.frozenUntilMs, nowMs);
    rival.frozenUntilMs = nowMs;
    waiting.push(operation);
    return true;
  }

  function takeStep(operation: Operation): void {
    if (meetsRival(operation)) return;
    steps += 1;
    nowMs += random.between(0, 3);
    const throttling = throttlingOf(operation);
    const planned = operation.spared || throttling !== undefined ? undefined : plan.take(operation, steps);
    const fault = throttling ?? planned;
    onStep?.({ number: steps, atMs: nowMs, operation, fault });
    if (throttling !== undefined) operation.fail('throttled');
    else if (fault === undefined) {
      happen(operation)();
    } else {
      happened.set(fault.kind, (happened.get(fault.kind) ?? 0) + 1);
      befall(hands, operation, fault);
    }
  }

  function throttlingOf({ places }: Operation): Fault | undefined {
    for (const place of places) {
      const throttling = throttled.get(place);
      if (throttling !== undefined && throttling.untilMs > nowMs) return throttling.fault;
    }
    return undefined;
  }

  function arriveLater(ms: number, arrive: () => void): void {
    underWay += 1;
    after(ms, () => {
      underWay -= 1;
      arrive();
    });
  }

  /** One of those that can happen now, the seed says which; undefined where none can. */
  function choose(): Operation | undefined {
    const from = random.between(0, waiting.length - 1);
    for (let index = 0; index < waiting.length; index += 1) {
      const at = (from + index) % waiting.length;
      const operation = waiting[at];
      if (operation === undefined || readyAtMs(operation) > nowMs) continue;
      waiting.splice(at, 1);
      return operation;
    }
    return undefined;
  }

  function nextAtMs(): number {
    return waiting.reduce((first, each) => Math.min(first, readyAtMs(each)), timers.nextAtMs());
  }

  function fireDue(): boolean {
    const due = timers.takeDue(nowMs);
    if (due === undefined) return false;
    if (due.of !== undefined && due.of.frozenUntilMs > nowMs)
      timers.set({ ...due, atMs: due.of.frozenUntilMs });
    else if (!due.of?.dead) due.act();
    return true;
  }

  function leap(): void {
    nowMs = Math.max(nowMs, nextAtMs());
    leaptAtStep = steps;
  }

  async function runUntil(isOver: () => boolean, latestMs: number): Promise<boolean> {
    for (;;) {
      await allSettled();
      if (isOver()) return true;
      if (nowMs > latestMs || steps > MOST_STEPS || steps > leaptAtStep + MOST_BUSY_STEPS) return false;
      if (fireDue()) continue;
      const operation = choose();
      if (operation !== undefined) takeStep(operation);
      else leap();
      if (nowMs === Number.POSITIVE_INFINITY) return false;
    }
  }

  return {
    now: () => nowMs,
    clockOf,
    perform,
    after,
    kill,
    actor: () => acting,
    runUntil,
    steps: () => steps,
    underWay: () => underWay,
    faults: () => happened,
    throttledPlaces: () => new Set(throttled.keys()),
  };
}

function readyAtMs(operation: Operation): number {
  return Math.max(operation.process.frozenUntilMs, operation.readyAtMs());
}
