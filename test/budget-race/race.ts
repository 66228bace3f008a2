import { createHandler } from '../../functions/generate/handler.ts';
import { randomFrom } from '../../local/simulator/random.ts';
import { lambdaContext } from '../../local/stage/lambda-context.ts';
import { DEFAULT_BATCH_OPTIONS } from '../../shared/domain/batch/batch.ts';
import type { BatchId } from '../../shared/domain/ids.ts';
import { accountAt, batchScope } from '../../shared/domain/money/budget.ts';
import { MICRO_PER_CREDIT } from '../../shared/domain/money/money.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { batchStatus } from '../../shared/pipeline/finish/batch-status.ts';
import { ingestUpload } from '../../shared/pipeline/ingest/ingest.ts';
import { memoryFile } from '../../shared/pipeline/ingest/memory-file.ts';
import { submitFile } from '../../shared/pipeline/ingest/submit.ts';
import { sweep } from '../../shared/pipeline/life/sweep.ts';
import { readAccount } from '../../shared/pipeline/money/budgets.ts';
import { setBudget } from '../../shared/pipeline/money/set-budget.ts';
import type { ReceivedMessage, Table } from '../../shared/pipeline/ports.ts';
import { type MemoryQueue, memoryQueue } from '../simulation/memory/memory-queue.ts';
import { memoryStore } from '../simulation/memory/memory-store.ts';
import { holdsIn } from '../support/budgets.ts';
import { mortal, nthChange } from '../support/faults.ts';
import { sqsRecord } from '../support/sqs-event.ts';
import { standingClock, type TestClock } from '../support/test-clock.ts';
import { countsOf } from './counts.ts';
import { createRaceEffects } from './effects.ts';

interface RaceOptions {
  readonly seed: number;
  readonly workers: number;
  readonly items: number;
  readonly budgetCredits: number;
  /** So many workers are killed on the way, each at a change of its own. */
  readonly kills: number;
}

/** What a race came to, in credits where it is money. */
interface RaceResult {
  readonly seed: number;
  readonly kills: number;
  /** When the budget had stopped all. */
  readonly atBudget: Standing;
  /** When it was raised, and all was made. */
  readonly atEnd: Standing;
  readonly done: number;
  /** The most that the provider had billed while the budget was the first one. */
  readonly billedMicro: number;
}

/** What stands in the ledger at one moment. */
interface Standing {
  readonly state: string;
  readonly done: number;
  readonly holds: number;
  readonly spentMicro: number;
  readonly heldMicro: number;
  readonly chargedMicro: number;
  /** Charges with what their unknown outcomes may have cost on top. */
  readonly countedMicro: number;
}

/** What of a race is not as it was promised; nothing where all is. */
export function brokenPromises({ budgetCredits, items }: RaceOptions, result: RaceResult): string[] {
  const { atBudget, atEnd, billedMicro, done } = result;
  const budgetMicro = budgetCredits * MICRO_PER_CREDIT;
  const claims: readonly (readonly [boolean, string])[] = [
    [billedMicro <= budgetMicro, 'the bill is within the budget'],
    [atBudget.chargedMicro <= budgetMicro, 'charges are within the budget'],
    [atBudget.countedMicro <= budgetMicro, 'charges with all unknown outcomes are within the budget'],
    [atBudget.state === 'paused' && atBudget.done < items, 'the budget stopped the batch'],
    [atBudget.holds === 0 && atBudget.heldMicro === 0, 'nothing is held when the budget has stopped all'],
    [atBudget.spentMicro === atBudget.countedMicro, 'the account is the sum of charges'],
    [atEnd.state === 'complete' && done === items, 'with the budget raised, all is made'],
    [atEnd.holds === 0 && atEnd.heldMicro === 0, 'nothing is held at the end'],
    [atEnd.spentMicro === atEnd.countedMicro, 'the account is the sum of charges at the end'],
  ];
  return claims.filter(([isKept]) => !isKept).map(([, claim]) => `seed ${result.seed}: broken: ${claim}`);
}

/** Messages that one invocation is given. */
const BATCH_SIZE = 20;
const ITEMS_AT_ONCE = 5;
const MINUTE_MS = 60_000;

/**
 * Many workers race for one budget over a real table, and some are killed at any change that they make. Workers are real
 * handlers; queue, objects and clock are in memory, so that hours pass in seconds.
 */
export async function race(table: Table, options: RaceOptions): Promise<RaceResult> {
  const random = randomFrom('budget race', options.seed).next;
  const clock = standingClock();
  const queueOptions = { clock, random, visibilityMs: 120_000, maxReceives: 1_000 };
  const queue = memoryQueue(queueOptions);
  const { effects, billedMicro } = createRaceEffects({
    table,
    store: memoryStore(clock),
    queue,
    clock,
    random,
  });
  const batch = await submitItems(effects, options);
  const track: Track = { effects, queue, clock, random, options, batch, killsLeft: options.kills };

  await workUntil(track, async () => await isAtRest(track, 'paused'));
  const atBudget = await standing(track);
  const billedAtBudget = billedMicro();
  await setBudget(effects, batchScope(batch), options.items * 1_000 * MICRO_PER_CREDIT);
  await workUntil(track, async () => await isAtRest(track, 'complete'));
  const atEnd = await standing(track);
  const { seed, kills } = options;
  return {
    seed,
    kills: kills - track.killsLeft,
    atBudget,
    atEnd,
    done: atEnd.done,
    billedMicro: billedAtBudget,
  };
}

interface Track {
  readonly effects: Effects;
  readonly queue: MemoryQueue;
  readonly clock: TestClock;
  readonly random: () => number;
  readonly options: RaceOptions;
  readonly batch: BatchId;
  killsLeft: number;
}

async function submitItems(effects: Effects, { items, budgetCredits }: RaceOptions): Promise<BatchId> {
  const rows = Array.from({ length: items }, (_, index) => `a fox, number ${index + 1}\n`).join('');
  const file = memoryFile('race.csv', 'text/csv', `prompt\n${rows}`);
  const budgetMicro = budgetCredits * MICRO_PER_CREDIT;
  const submitted = await submitFile(effects, file, { ...DEFAULT_BATCH_OPTIONS, budgetMicro });
  if (submitted.kind === 'problem') throw new Error(submitted.message);
  await ingestUpload(effects, { key: submitted.key }, () => 900_000);
  return submitted.batch;
}

/** Rounds of all workers at once; when none finds a message, the clock continues and the sweep of the minute comes. */
async function workUntil(track: Track, isOver: () => Promise<boolean>): Promise<void> {
  const { queue, clock, effects } = track;
  const mostRounds = 2_000;
  for (let round = 0; round < mostRounds; round++) {
    await Promise.all(Array.from({ length: track.options.workers }, () => runWorker(track)));
    if (queue.nextVisibleAtMs() <= clock.now()) continue;
    if (await isOver()) return;
    clock.advance(MINUTE_MS);
    await sweep(effects, { leasesEndedByMs: clock.now(), resend: 'none' });
  }
  throw new Error(`not over after ${mostRounds} rounds: ${JSON.stringify(await standing(track))}`);
}

/** One worker takes what there is, invocation after invocation, until there is nothing or it is killed. */
async function runWorker(track: Track): Promise<void> {
  const { queue, random } = track;
  const isDoomed = track.killsLeft > 0 && random() < 0.5;
  if (isDoomed) track.killsLeft -= 1;
  const dies = isDoomed ? nthChange(1 + Math.floor(random() * 25)) : () => false;
  const worker = mortal(track.effects, random() < 0.5 ? 'before' : 'after', dies);
  // As on one machine, or as in a deployed stage: with the ends that come while others are written.
  const grouping = random() < 0.5 ? {} : { groupMs: 0 };
  const handler = createHandler(worker.effects, { itemsAtOnce: ITEMS_AT_ONCE, callMs: 0, ...grouping });
  for (;;) {
    const deliveries = queue.take(BATCH_SIZE);
    if (deliveries.length === 0) break;
    await Promise.race([invoke(handler, deliveries, track), worker.died]);
    if (worker.isDead()) return;
  }
  // Its fate comes another time.
  if (isDoomed) track.killsLeft += 1;
}

async function invoke(
  handler: ReturnType<typeof createHandler>,
  deliveries: readonly ReceivedMessage[],
  { queue, clock }: Track,
): Promise<void> {
  const Records = deliveries.map(({ id, body, receipt }) => ({
    ...sqsRecord(body),
    messageId: id,
    receiptHandle: receipt,
  }));
  const context = lambdaContext({ functionName: 'generate', timeoutMs: 900_000, clock });
  const { batchItemFailures } = await handler({ Records }, context);
  const stay = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  queue.remove(deliveries.filter(({ id }) => !stay.has(id)).map(({ receipt }) => receipt));
}

/** The batch is as it should be, nobody works on it, and no credits wait for a dead worker. */
async function isAtRest({ effects, batch }: Track, state: string): Promise<boolean> {
  const status = await batchStatus(effects, batch);
  return status?.state === state && (await holdsIn(effects)).length === 0;
}

async function standing({ effects, batch, clock }: Track): Promise<Standing> {
  const status = await batchStatus(effects, batch);
  const account = await readAccount(effects.table, accountAt(batchScope(batch), clock.now()));
  const { chargedMicro, countedMicro } = await countsOf(effects, batch);
  return {
    state: status?.state ?? 'unknown',
    done: status?.items.done ?? 0,
    holds: (await holdsIn(effects)).length,
    spentMicro: account.spentMicro,
    heldMicro: account.heldMicro,
    chargedMicro,
    countedMicro,
  };
}
