import type { BatchId } from '../../shared/domain/ids.ts';
import { parseBatchId } from '../../shared/domain/ids.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { cancelBatch } from '../../shared/pipeline/life/cancel-batch.ts';
import { retryBatch } from '../../shared/pipeline/life/retry-batch.ts';
import { isoTime } from '../../shared/pipeline/money/attempt.ts';
import { endBatchPause, pauseBatch } from '../../shared/pipeline/money/batch-pauses.ts';
import type { Process } from './process.ts';
import type { Scenario } from './scenario.ts';
import type { World } from './world.ts';

type Work = (effects: Effects, process: Process, world: World) => Promise<void>;

const LOOKS_EVERY_MS = 20_000;

/** People's commands, each a process of its own, which is called again where it fails. */
export function startCommands(world: World, start: (name: string, work: Work) => void): void {
  const { cancelsAfterMs, pauses, retries } = world.scenario.commands;
  const command = (name: string, act: (effects: Effects) => Promise<void>) => {
    world.openCommands.add(name);
    start(name, async (effects) => {
      if (!world.openCommands.has(name)) return;
      await act(effects);
      world.openCommands.delete(name);
    });
  };
  if (cancelsAfterMs !== undefined) command('cancel', (effects) => cancel(effects, world, cancelsAfterMs));
  if (pauses !== undefined) command('pause', (effects) => pause(effects, world, pauses));
  for (const [index, when] of retries.entries())
    command(`retry-${index + 1}`, (effects) => retry(effects, world, when));
}

async function cancel(effects: Effects, world: World, afterMs: number): Promise<void> {
  await effects.clock.sleep(afterMs);
  const id = batchOf(world);
  if (id !== undefined) await cancelBatch(effects, id);
}

async function pause(
  effects: Effects,
  world: World,
  { afterMs, forMs }: NonNullable<Scenario['commands']['pauses']>,
): Promise<void> {
  await effects.clock.sleep(afterMs);
  const id = batchOf(world);
  if (id === undefined) return;
  const since = isoTime(effects.clock.now());
  await pauseBatch(effects, id, { by: 'person', message: 'paused by hand', hint: 'resume it', since });
  await effects.clock.sleep(forMs);
  await endBatchPause(effects.table, id, 'person');
}

async function retry(effects: Effects, world: World, when: 'complete' | 'ended'): Promise<void> {
  if (when === 'ended') await world.facts.whenEnded();
  else while (!isOver(world)) await effects.clock.sleep(LOOKS_EVERY_MS);
  const id = batchOf(world);
  for (;;) {
    const result = id && (await retryBatch(effects, id));
    if (result?.kind !== 'busy' && result?.kind !== 'cancelling') return;
    await effects.clock.sleep(LOOKS_EVERY_MS);
  }
}

function isOver({ facts }: World): boolean {
  const state = facts.batch()?.state;
  return state === 'complete' || state === 'refused';
}

function batchOf({ facts }: World): BatchId | undefined {
  return parseBatchId(String(facts.batch()?.batch));
}
