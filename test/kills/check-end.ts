import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BatchId } from '../../shared/domain/ids.ts';
import { imageOf } from '../../shared/domain/item/item.ts';
import { SCHEDULE_TAG } from '../../shared/domain/schedule/schedule.ts';
import { newestRuns } from '../../shared/pipeline/schedule/schedules.ts';
import { collect } from '../support/collect.ts';
import { itemName } from '../support/ledger.ts';
import { itemsIn } from '../support/work.ts';
import type { Home } from './home.ts';
import type { Plan } from './victims.ts';

/** What commands left behind. */
export interface Checked {
  /** Images that `download` did not bring as the table has them. */
  readonly badFiles: number;
  /** A line each for what is not as the commands promise. */
  readonly complaints: readonly string[];
}

export async function checkEnd(home: Home, plan: Plan, foxes: BatchId): Promise<Checked> {
  const verified = await home.work.run(['cost', 'verify', '--json']);
  const promoted = (await home.batches()).filter(({ id }) => id.startsWith('foxes-promoted-'));
  const open = (await home.batches()).filter(({ state }) => state !== 'complete');
  const runs = await Promise.all(plan.schedules.map((name) => wrongRuns(home, name)));
  return {
    badFiles: await badFiles(home, foxes),
    complaints: [
      ...(verified.code === 0 ? [] : [`cost verify: ${verified.stdout}${verified.stderr}`]),
      ...(promoted.length === 1 ? [] : [`promote made ${promoted.length} batches`]),
      ...open.map(({ id, state }) => `${id} is ${state}`),
      ...runs.flat(),
      ...(await undone(home)),
    ],
  };
}

async function undone({ effects, batches }: Home): Promise<string[]> {
  const items = await Promise.all((await batches()).map(({ id }) => itemsIn(effects, id)));
  const left = items.flat().filter((item) => imageOf(item) === undefined);
  return left.map((item) => `not done: ${itemName(item)} ${JSON.stringify(item.state)}`);
}

async function badFiles({ work, effects }: Home, batch: BatchId): Promise<number> {
  let bad = 0;
  for (const item of await itemsIn(effects, batch)) {
    const image = imageOf(item);
    if (image === undefined) continue;
    const name = image.key.slice(image.key.lastIndexOf('/') + 1);
    const content = await readFile(join(work.path('all'), name)).catch(() => Buffer.of());
    if (createHash('sha256').update(content).digest('hex') !== image.sha256) bad += 1;
  }
  return bad;
}

/** Each scheduled time has one run and each run one batch, unless the one before is not over; no other batch is of that schedule. */
async function wrongRuns({ effects, batches }: Home, schedule: string): Promise<string[]> {
  const runs = await collect(newestRuns(effects.table, schedule));
  const made = runs.flatMap((run) => (run.state === 'submitted' ? [run.batch] : []));
  const ofSchedule = (await batches()).filter(({ options }) => options.tags[SCHEDULE_TAG] === schedule);
  const isRight =
    made.length > 0 &&
    runs.every(({ state }) => state === 'submitted' || state === 'skipped') &&
    new Set(made).size === made.length &&
    ofSchedule.length === made.length &&
    ofSchedule.every(({ id }) => made.includes(id));
  return isRight ? [] : [`schedule ${schedule}: ${JSON.stringify(runs)}, ${ofSchedule.length} batches`];
}
