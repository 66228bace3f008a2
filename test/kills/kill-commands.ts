import { setTimeout } from 'node:timers/promises';
import { type Random, randomFrom } from '../../local/simulator/random.ts';
import { endedItems } from '../../shared/domain/batch/batch.ts';
import type { BatchId } from '../../shared/domain/ids.ts';
import { readProgress } from '../../shared/pipeline/rows/progress-row.ts';
import type { Ended, Started } from '../cli/workplace.ts';
import { itemsIn } from '../support/work.ts';
import type { Accounts } from './accounts.ts';
import { type Checked, checkEnd } from './check-end.ts';
import { type Home, openHome } from './home.ts';
import { afterCalls, atState, atWork, eitherOf, type Moment } from './moments.ts';
import { planOf, type Victim } from './victims.ts';
import { measureWaits, type Waits } from './waits.ts';

export interface CommandKills extends Accounts, Checked {
  /** By the victim's name. */
  readonly killed: Readonly<Record<string, number>>;
  /** A worker was killed, and left a file half read. */
  readonly whileIngesting: number;
  /** Or a manifest half written. */
  readonly whileFinishing: number;
  /** Paid calls of a prompt that was called for before, without a kill of a worker between them. */
  readonly unexplainedCalls: number;
  /** Longest time from a kill, in which nothing moved, until the next process ended. */
  readonly longestWaitMs: number;
  readonly crashed: number;
}

interface Lane {
  readonly home: Home;
  readonly random: Random;
  readonly waits: Waits;
  readonly tally: Tally;
}

interface Tally {
  readonly killed: Record<string, number>;
  whileIngesting: number;
  whileFinishing: number;
  readonly workerKillsAtMs: number[];
  readonly complaints: string[];
}

/** Works a home's files off with commands that are killed and started again, two at a time, and counts. */
export async function killCommands(seed: number, items: number, kills: number): Promise<CommandKills> {
  const home = await openHome(seed);
  try {
    const plan = planOf(items, kills);
    for (const [name, content] of Object.entries(plan.files)) await home.work.write(name, content);
    const tally: Tally = {
      killed: {},
      whileIngesting: 0,
      whileFinishing: 0,
      workerKillsAtMs: [],
      complaints: [],
    };
    const lane = (name: string, progress: () => Promise<string>): Lane => ({
      home,
      random: randomFrom('kills', seed, name),
      waits: measureWaits(progress),
      tally,
    });
    const working = lane('working', home.progress);
    const beside = lane('beside', async () => '');
    const foxes = firstBatch(home);
    await Promise.all([
      killInTurn(working, plan.working, foxes),
      foxes.then(() => killInTurn(beside, plan.beside, foxes)),
    ]);
    const crashed = await finish(home, tally);
    await killInTurn(beside, plan.after, foxes);
    const checked = await checkEnd(home, plan, await foxes);
    const accounts = await home.accounts();
    return {
      ...accounts,
      ...checked,
      complaints: [...tally.complaints, ...checked.complaints],
      killed: tally.killed,
      whileIngesting: tally.whileIngesting,
      whileFinishing: tally.whileFinishing,
      unexplainedCalls: unexplainedCalls(home, tally),
      longestWaitMs: Math.max(working.waits.longestMs(), beside.waits.longestMs()),
      crashed,
    };
  } finally {
    await home.close();
  }
}

/** Its id, as soon as a command has submitted it. */
async function firstBatch({ batches }: Home): Promise<BatchId> {
  for (;;) {
    const found = (await batches()).find(({ id }) => id.startsWith('foxes-'));
    if (found !== undefined) return found.id;
    await setTimeout(POLL_MS);
  }
}

const POLL_MS = 10;
const ASK_MS = 500;

async function killInTurn(lane: Lane, victims: readonly Victim[], foxes: Promise<BatchId>) {
  for (const victim of victims) {
    const args = typeof victim.args === 'function' ? victim.args(await foxes) : victim.args;
    await killAgainAndAgain(lane, victim, args);
    await victim.andThen?.(lane.home);
  }
}

/** Until its kills are used up and it has ended by itself, or its work is done, or it is always faster than we are. */
async function killAgainAndAgain(lane: Lane, victim: Victim, args: readonly string[]): Promise<void> {
  const { home, tally, waits } = lane;
  const count = { kills: 0, atFinishing: 0, survived: 0 };
  for (;;) {
    const child = home.work.start(args);
    const mayDie = count.kills < victim.kills && count.survived < MOST_SURVIVED;
    const isLate = victim.works && count.atFinishing < MOST_AT_FINISHING && (await isNearEnd(lane));
    const moment = isLate ? atState(home, 'finishing', lane.random) : earlyMoment(lane, victim, child, count);
    const ended = await lifeOf(lane, victim, child, mayDie ? moment : undefined);
    if (ended.code === null) {
      await waits.begin();
      count.kills += 1;
      count.survived = 0;
      if (isLate) count.atFinishing += 1;
      await writeDown(lane, victim);
      continue;
    }
    const isWell = victim.isWell(ended);
    // Someone is finishing the batch: a person tries again.
    if (!isWell && ended.stderr.includes('try again')) continue;
    waits.end();
    if (!isWell) tally.complaints.push(complaint(args, ended));
    if (victim.works || !mayDie || !isWell) return;
    count.survived += 1;
  }
}

const MOST_AT_FINISHING = 3;
/** A command that finds all done may be over within some milliseconds. */
const MOST_SURVIVED = 12;

/**
 * A worker's first lives end while it reads a file, if it does; later ones begin to work, or are amid calls. Another command
 * is killed the earlier the more often it was over before.
 */
function earlyMoment(
  { home, random }: Lane,
  { works, withinMs }: Victim,
  child: Started,
  { kills, survived }: { readonly kills: number; readonly survived: number },
): Moment {
  const moment = atWork(child, (random.next() * withinMs) / 2 ** survived);
  if (!works) return moment;
  if (kills < 2) return eitherOf(atState(home, 'ingesting', random), moment);
  return random.chance(AMID_CALLS) ? afterCalls(home, random.between(1, MOST_CALLS), random) : moment;
}

const AMID_CALLS = 0.6;
const MOST_CALLS = 24;

async function writeDown({ home, tally }: Lane, { name, works }: Victim): Promise<void> {
  tally.killed[name] = (tally.killed[name] ?? 0) + 1;
  if (!works) return;
  tally.workerKillsAtMs.push(Date.now());
  const states = (await home.batches()).map(({ state }) => state);
  if (states.includes('ingesting')) tally.whileIngesting += 1;
  if (states.includes('finishing')) tally.whileFinishing += 1;
}

/** The nearer the end of what is known, the likelier. */
async function isNearEnd({ home, random }: Lane): Promise<boolean> {
  const all = await home.batches();
  const ended = await Promise.all(
    all.map(async ({ id }) => endedItems(await readProgress(home.effects.table, id))),
  );
  const items = all.reduce((sum, batch) => sum + (batch.items ?? 0), 0);
  const share = items === 0 ? 0 : ended.reduce((sum, count) => sum + count, 0) / items;
  return random.chance(share ** 4);
}

/** Until it ends, by itself or by us. */
async function lifeOf(
  { home, waits }: Lane,
  victim: Victim,
  child: Started,
  moment: Moment | undefined,
): Promise<Ended> {
  let ended: Ended | undefined;
  let isAsked = false;
  let askMs = 0;
  void child.ended.then((end) => {
    ended = end;
  });
  while (ended === undefined) {
    await setTimeout(POLL_MS);
    await waits.look(child.pid);
    if (await moment?.()) child.kill('SIGKILL');
    if (!isAsked && performance.now() > askMs) {
      askMs = performance.now() + ASK_MS;
      isAsked = (await victim.isDone?.(home)) ?? false;
      if (isAsked) child.ctrlC();
    }
  }
  return ended;
}

/** Works off the rest and retries what failed, as a person would; gives how many items died with their workers too often. */
async function finish({ work, batches, effects }: Home, tally: Tally): Promise<number> {
  let crashed = 0;
  const run = async (...args: readonly string[]) => {
    const ended = await work.run(args);
    if (ended.code !== 0 && ended.code !== 2) tally.complaints.push(complaint(args, ended));
  };
  for (let round = 0; round < MOST_ROUNDS; round++) {
    await run('worker', '--until-idle');
    let failed = 0;
    for (const { id } of await batches()) {
      const states = (await itemsIn(effects, id)).map(({ state }) => state);
      const codes = states.flatMap((state) => (state.kind === 'failed' ? [state.code] : []));
      crashed += codes.filter((code) => code === 'crashed').length;
      failed += codes.length;
      if (codes.length > 0) await run('retry', id);
    }
    if (failed === 0) break;
  }
  return crashed;
}

/** A shy item is refused twice. */
const MOST_ROUNDS = 5;

function complaint(args: readonly string[], { code, stderr }: Ended): string {
  return `${args.join(' ')}: ${code} ${stderr.slice(-500)}`;
}

/** The provider is in this busy process: it may read a request when its sender is dead already. No other starts so soon. */
const READ_WITHIN_MS = 200;

/** A call repeats one that was not refused only if a worker was killed meanwhile. */
function unexplainedCalls({ calls }: Home, { workerKillsAtMs }: Tally): number {
  const byPrompt = Map.groupBy(calls, ({ prompt }) => prompt);
  return [...byPrompt.values()].reduce((sum, ofOne) => {
    const again = ofOne.filter((call, index) => {
      const before = ofOne[index - 1];
      if (before === undefined || before.isRefused) return false;
      return !workerKillsAtMs.some((ms) => ms >= before.atMs - READ_WITHIN_MS && ms <= call.atMs);
    });
    return sum + again.length;
  }, 0);
}
