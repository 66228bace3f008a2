import { parseArgs } from 'node:util';
import { brokenByCommands, brokenPromises } from './broken-promises.ts';
import { type CommandKills, killCommands } from './kill-commands.ts';
import { killWorkers } from './kill-workers.ts';

/** `npm run test:kills`: SIGKILLs of workers in the middle of calls, and of all commands in one home after another. */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    items: { type: 'string', default: '700' },
    kills: { type: 'string', default: '100' },
    workers: { type: 'string', default: '4' },
    minutes: { type: 'string', default: '120' },
  },
});
const [items, kills, seed] = [Number(values.items), Number(values.kills), Number(values.seed)];
const endsAtMs = performance.now() + Number(values.minutes) * 60_000;
const beganAtMs = performance.now();

/** The rest is the commands'. */
const WORKERS_SHARE = 0.2;
/** A user's folder. */
const HOME_ITEMS = 400;

const broken: string[] = [];
const commandItems = Math.round(items * (1 - WORKERS_SHARE));
const count = Math.ceil(commandItems / HOME_ITEMS);
const homes: CommandKills[] = [];
for (let nth = 0; nth < count && performance.now() < endsAtMs; nth++) {
  const ofHome = (all: number) => Math.round((all * (1 - WORKERS_SHARE)) / count);
  try {
    const home = await killCommands(seed * 1_000 + nth, ofHome(items), ofHome(kills));
    homes.push(home);
    const lines = brokenByCommands(home);
    broken.push(...lines);
    console.log([`home ${nth + 1} of ${count}: ${homeText(home)}`, ...lines].join('\n'));
  } catch (error) {
    broken.push(`home ${nth + 1} of ${count}: ${String(error)}`);
    console.log(broken.at(-1));
  }
}

const fleet = await killWorkers({
  seed,
  items: Math.round(items * WORKERS_SHARE),
  kills: Math.round(kills * WORKERS_SHARE),
  workers: Number(values.workers),
  itemsAtOnce: 3,
  latencyMs: 300,
  timesFaster: 10,
  restart: false,
  withinMs: 30 * 60_000,
  say: (line) => console.log(line),
});
broken.push(...brokenPromises(fleet));
console.log(`workers of one stage: ${fleet.kills} kills, ${fleet.items} items, ${fleet.calls} calls`);

for (const line of broken) console.log(line);
const all = [fleet, ...homes];
const sum = (of: (each: (typeof all)[number]) => number) => all.reduce((total, each) => total + of(each), 0);
const ofHomes = (of: (home: CommandKills) => number) => homes.reduce((total, home) => total + of(home), 0);
const killed: Record<string, number> = { worker: fleet.kills };
for (const home of homes)
  for (const [name, times] of Object.entries(home.killed)) killed[name] = (killed[name] ?? 0) + times;
console.log(
  [
    `${sumOf(killed)} kills (${Object.entries(killed)
      .map(([name, times]) => `${times} ${name}`)
      .join(', ')})`,
    `${ofHomes((home) => home.whileIngesting)} left a file half read, ${ofHomes((home) => home.whileFinishing)} a manifest half written`,
    `${sum((each) => each.items)} items: ${sum((each) => each.items - each.done)} lost, ${sum((each) => each.missing)} wrong, ` +
      `${sum((each) => each.chargedTwice)} not charged exactly once, ${sum((each) => each.paidAgain)} calls for what lay in the store`,
    `${sum((each) => each.calls)} calls, ${sum((each) => each.unknownCharges)} of unknown outcome; ${sum((each) => each.crashed)} items made by retry after too many deaths`,
    `longest wait after a kill of a command: ${(Math.max(0, ...homes.map(({ longestWaitMs }) => longestWaitMs)) / 1_000).toFixed(1)} s`,
    `${broken.length} broken promises, ${((performance.now() - beganAtMs) / 1_000).toFixed(0)} s`,
  ].join('\n'),
);
process.exitCode = broken.length === 0 ? 0 : 1;

function homeText({ killed, items, calls, longestWaitMs }: CommandKills): string {
  return `${sumOf(killed)} kills, ${items} items, ${calls} calls, longest wait ${(longestWaitMs / 1_000).toFixed(1)} s`;
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, each) => total + each, 0);
}
