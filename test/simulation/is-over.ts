import type { World } from './world.ts';

/** The batch is over, no message is left, nobody works or has a command to give, and nothing is on its way. */
export function isOver({
  facts,
  workQueue,
  ingestQueue,
  processes,
  openCommands,
  scheduler,
}: World): boolean {
  const state = facts.batch()?.state;
  if (state !== 'complete' && state !== 'refused') return false;
  if (workQueue.size() + ingestQueue.size() + scheduler.underWay() > 0) return false;
  if (openCommands.size > 0) return false;
  for (const { busy } of processes) if (busy > 0) return false;
  return true;
}
