import { CALL_MS, createHandler as createGenerateHandler } from '../../functions/generate/handler.ts';
import { type Random, randomFrom } from '../../local/simulator/random.ts';
import type { SqsHandler } from '../../local/stage/event-source.ts';
import type { Charge } from '../../shared/domain/money/charge.ts';
import { parseWorkMessage } from '../../shared/pipeline/batch/messages.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { adoptImage } from '../../shared/pipeline/image/adopt.ts';
import { findStoredImages, type StoredImage } from '../../shared/pipeline/image/stored-image.ts';
import { ingestUpload } from '../../shared/pipeline/ingest/ingest.ts';
import { rebuildStage } from '../../shared/pipeline/life/rebuild.ts';
import { endBatchPause } from '../../shared/pipeline/money/batch-pauses.ts';
import type { ObjectStore, TableRow } from '../../shared/pipeline/ports.ts';
import { ONE_OF_MANY } from '../../shared/pipeline/rate/rate-limiter.ts';
import { chargeToRow, rowToAccounts } from '../../shared/pipeline/rows/charge-row.ts';
import { feed } from './event-source.ts';
import { chargeOf, createFacts, type Facts, type ItemFacts, itemOf } from './facts.ts';
import { watchBookings } from './invariants/booked-once.ts';
import { watchBudgets } from './invariants/budgets-hold.ts';
import { watchRollUps } from './invariants/roll-ups.ts';
import { type MemoryQueue, memoryQueue } from './memory/memory-queue.ts';
import { type MemoryTable, memoryTable } from './memory/memory-table.ts';
import { queueOf, storeOf, tableOf } from './ports.ts';
import { createProcess, type Process } from './process.ts';
import type { Violation } from './watch.ts';
import type { World } from './world.ts';

const PATIENCE_MS = 3_600_000;
const WORK_LIMITS = { visibilityMs: 120_000, maxReceives: 10 };
/** Most of a rebuild of two rows is over after so long. */
const LATEST_START_MS = 250;

/**
 * After all is over, the table is lost. It is rebuilt from the store and the charges that can still be read, one of which
 * says what was known of its attempt at first; or nobody repairs it, and the file is read again. Just then the worker of that
 * attempt puts its image and records it. Another worker is given the messages of all other items that have an image, and may
 * pay for none again.
 */
export async function rebuildTable(world: World): Promise<void> {
  const { scheduler, violations, watched } = world;
  const random = randomFrom('rebuild', world.scenario.seed);
  const late = await lateImage(world, random);
  if (late === undefined) return;
  const tell = (invariant: Violation['invariant'], message: string) =>
    violations.push({ invariant, message });
  const table = memoryTable((changes) => {
    facts.seeRows(changes, scheduler.actor(), scheduler.steps());
    for (const watch of watches) watch.onRows?.(changes);
  });
  const facts = createFacts(world.store, scheduler.now);
  const rebuilt = { ...watched, table, facts };
  const watches = [watchRollUps(rebuilt, tell), watchBookings(rebuilt, tell), watchBudgets(rebuilt, tell)];

  const left = [...watched.table.rows()].filter(({ pk }) => pk.startsWith('CHARGES#'));
  const store = withoutYet(world.store, late.stored.image.key);
  const messages = memoryQueue({ clock: scheduler, random: random.next, ...WORK_LIMITS });
  const stored = new Set(doneItems(world).map(({ row }) => row));
  stored.delete(late.item.row);
  const ports = { table, store, messages };
  const isRepaired = random.chance(0.5);
  const rebuild = work(world, 'repair', ports, async (effects) => {
    if (!isRepaired) return void (await readAgain(world, effects));
    await rebuildStage(
      effects,
      left.map((row) => (chargeOf(row).attempt === late.stored.charge.attempt ? asGivenUp(row) : row)),
      () => 'resume it',
    );
  });
  startWorker(world, ports, stored);
  const answer = work(world, 'generate-late', ports, async (effects) => {
    while (facts.items.size === 0) await effects.clock.sleep(10);
    await effects.clock.sleep(random.between(0, LATEST_START_MS));
    await effects.store.put(late.stored.image.key, new Uint8Array(), { contentType: late.stored.image.type });
    await adoptImage(effects, itemOf(late.item.stored), late.stored);
  });
  work(world, 'resume', ports, async ({ clock }) => {
    while (facts.items.size === 0) await clock.sleep(10);
    await clock.sleep(random.between(0, LATEST_START_MS));
    const { batch } = itemOf(late.item.stored);
    await endBatchPause(table, batch, 'person');
    while (!rebuild.isOver()) await clock.sleep(100);
    await endBatchPause(table, batch, 'person');
  });
  const isOver = () =>
    violations.length > 0 || (rebuild.isOver() && answer.isOver() && messages.size() === 0);
  if (!(await scheduler.runUntil(isOver, scheduler.now() + PATIENCE_MS)))
    tell('end', 'the table is not rebuilt');
  if (violations.length > 0 || !rebuild.isWhole() || !answer.isWhole()) return;
  for (const { atEnd } of watches) await atEnd?.();
  compareImages(world.facts, facts, tell);
  if (isRepaired) compareCharges(world.facts, facts, tell);
}

async function readAgain({ facts }: World, effects: Effects): Promise<void> {
  await ingestUpload(effects, { key: String(facts.batch()?.objectKey) }, () => Number.POSITIVE_INFINITY);
}

/** An image that is its item's only one. */
async function lateImage(
  world: World,
  random: Random,
): Promise<{ readonly item: ItemFacts; readonly stored: StoredImage } | undefined> {
  const done = doneItems(world);
  if (done.length === 0) return undefined;
  const item = random.pick(done);
  const [stored, ...others] = await findStoredImages(world, itemOf(item.stored));
  return stored === undefined || others.length > 0 ? undefined : { item, stored };
}

function doneItems({ facts }: World): ItemFacts[] {
  return [...facts.items.values()].filter(({ stored }) => stored.state === 'done');
}

/** The same store before an image was put; a put of it brings it as it was. */
function withoutYet(store: ObjectStore, key: string): ObjectStore {
  let isThere = false;
  return {
    ...store,
    list: async function* (prefix) {
      for await (const each of store.list(prefix)) if (each.key !== key || isThere) yield each;
    },
    head: async (each) => (each === key && !isThere ? undefined : await store.head(each)),
    get: async (each, from) => (each === key && !isThere ? undefined : await store.get(each, from)),
    put: async (each, body, options) => {
      if (each !== key) return await store.put(each, body, options);
      isThere = true;
      return { kind: 'stored', version: (await store.head(key))?.version ?? '' };
    },
  };
}

function asGivenUp(row: TableRow): TableRow {
  const charge: Charge = {
    ...chargeOf(row),
    outcome: 'unknown',
    images: 0,
    creditsMicro: 0,
    split: { inputTokens: 0, textTokens: 0, imageTokens: 0, basis: 'assumed', flags: [] },
    usage: undefined,
  };
  return chargeToRow(charge, rowToAccounts(row));
}

interface Ports {
  readonly table: MemoryTable;
  readonly store: ObjectStore;
  /** What is sent to the workers. */
  readonly messages: MemoryQueue;
}

function effectsIn(world: World, process: Process, { table, store, messages }: Ports): Effects {
  const { scheduler } = world;
  const given = world.effectsOf(process);
  return {
    ...given,
    table: tableOf(scheduler, process, table),
    store: storeOf(scheduler, process, store),
    workQueue: queueOf(scheduler, process, 'work', messages, () => undefined),
    ingestQueue: { ...given.ingestQueue, send: async () => undefined },
  };
}

/** A worker that is given the messages of some rows, while the others' are lost. */
function startWorker(world: World, ports: Ports, rows: ReadonlySet<number>): void {
  const process = createProcess('generate-rebuilt');
  const effects = effectsIn(world, process, ports);
  const handler = createGenerateHandler(effects, { itemsAtOnce: 2, callMs: CALL_MS, pacing: ONE_OF_MANY });
  const given: SqsHandler = async ({ Records }, context) =>
    await handler({ Records: Records.filter(({ body }) => rows.has(parseWorkMessage(body).row)) }, context);
  const timeoutMs = Number.POSITIVE_INFINITY;
  void feed(world, process, {
    name: 'work',
    port: effects.workQueue,
    handler: given,
    batchSize: 2,
    timeoutMs,
  });
}

/** A process that does one thing in the new table, again where a fault befalls it. */
function work(
  world: World,
  name: string,
  ports: Ports,
  act: (effects: Effects) => Promise<void>,
): { isOver(): boolean; isWhole(): boolean } {
  const process = createProcess(name);
  const effects = effectsIn(world, process, ports);
  let isWhole = false;
  const untilDone = async () => {
    while (!isWhole) {
      try {
        await act(effects);
        isWhole = true;
      } catch (error) {
        world.sawError(error);
        await effects.clock.sleep(1_000);
      }
    }
  };
  void untilDone();
  return { isOver: () => isWhole || process.dead, isWhole: () => isWhole };
}

type TellLoss = (invariant: 'I2' | 'I3', message: string) => void;

/** Each image is its item's again. */
function compareImages(before: Facts, after: Facts, tell: TellLoss): void {
  for (const { row, stored } of before.items.values()) {
    const state = after.items.get(row)?.stored.state;
    if (stored.state === 'done' && state !== 'done')
      tell('I2', `row ${row} is ${state} in the rebuilt table, and its image is in the store`);
  }
}

/** Each charge says what it said; of two images of one item, either may be the duplicate. */
function compareCharges(before: Facts, after: Facts, tell: TellLoss): void {
  for (const { row, charges } of before.items.values()) {
    const [was, is] = [charges, after.items.get(row)?.charges].map(outcomesOf);
    if (was !== is) tell('I3', `row ${row}: charges were ${was}, and are ${is} in the rebuilt table`);
  }
}

function outcomesOf(charges: ReadonlyMap<string, Charge> | undefined): string {
  const all = [...(charges?.values() ?? [])];
  const isTwice = all.some(({ outcome }) => outcome === 'duplicate');
  return all
    .map(({ attempt, outcome }) => (isTwice ? outcome : `${attempt} ${outcome}`))
    .sort()
    .join(', ');
}
