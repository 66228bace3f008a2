import type { FaultKind } from './faults.ts';
import { isOver } from './is-over.ts';
import { rebuildTable } from './rebuild-table.ts';
import { repeatEvents } from './repeat-events.ts';
import { type Scenario, START_MS } from './scenario.ts';
import type { Step } from './scheduler.ts';
import { startStage } from './stages.ts';
import type { Violation } from './watch.ts';
import { createWorld, type Plant, type World } from './world.ts';

export interface RunResult {
  readonly violations: readonly Violation[];
  readonly steps: number;
  readonly items: number;
  readonly calls: number;
  readonly charges: number;
  readonly unknown: number;
  readonly virtualMs: number;
  readonly faults: ReadonlyMap<FaultKind, number>;
}

export interface RunOptions {
  readonly plant?: Plant;
  readonly onStep?: (step: Step) => void;
  /** When a run that is not over stands still. Default: after two days, much longer than any wait. */
  readonly latestMs?: number;
}

const LATEST_MS = 48 * 3_600_000;

/** Credits that a dead worker held return within this. */
const RETURN_MS = 600_000;

/** Runs a scenario to its end, or to the first step after which something does not hold. */
export async function runScenario(scenario: Scenario, options: RunOptions = {}): Promise<RunResult> {
  const world = createWorld(scenario, options.plant ?? ((effects) => effects), options.onStep);
  const { scheduler, violations } = world;
  startStage(world);
  const untilMs = START_MS + (options.latestMs ?? LATEST_MS);
  const ended = await scheduler.runUntil(() => violations.length > 0 || isOver(world), untilMs);
  if (!ended) violations.push({ invariant: 'end', message: `${untilWhen(world)}: ${standing(world)}` });
  // What dead workers held returns with a sweep, once it has run out.
  await scheduler.runUntil(() => violations.length > 0 || !isHolding(world), scheduler.now() + RETURN_MS);
  if (violations.length === 0) for (const watch of world.watches) await watch.atEnd?.();
  if (violations.length === 0 && scenario.repeats) await repeatEvents(world);
  if (violations.length === 0 && scenario.rebuilds) await rebuildTable(world);
  return resultOf(world);
}

function isHolding({ table }: World): boolean {
  for (const { pk } of table.rows()) if (pk.startsWith('HOLD#')) return true;
  return false;
}

function untilWhen({ scheduler }: World): string {
  const hours = (scheduler.now() - START_MS) / 3_600_000;
  return `not over after ${hours.toFixed(1)} hours and ${scheduler.steps()} steps`;
}

function standing({ facts, workQueue, ingestQueue }: World): string {
  const open = [...facts.items.values()].filter(({ stored }) => /queued|working/.test(String(stored.state)));
  const items = open.map(({ row, stored }) => `row ${row} ${stored.state}`).join(', ');
  const messages = `${workQueue.size()} work and ${ingestQueue.size()} ingest messages`;
  return `the batch is ${facts.batch()?.state}; ${items.slice(0, 200) || 'no open items'}; ${messages}`;
}

function resultOf({ violations, scheduler, facts, provider }: World): RunResult {
  const charges = [...facts.items.values()].flatMap((item) => [...item.charges.values()]);
  return {
    violations,
    steps: scheduler.steps(),
    items: facts.items.size,
    calls: provider.bill.length,
    charges: charges.length,
    unknown: charges.filter(({ outcome }) => outcome === 'unknown').length,
    virtualMs: scheduler.now() - START_MS,
    faults: scheduler.faults(),
  };
}
