import type { BatchId } from '../../shared/domain/ids.ts';
import { scheduleKey } from '../../shared/pipeline/rows/schedule-row.ts';
import type { Ended } from '../cli/workplace.ts';
import { SHY } from './calls.ts';
import type { Home } from './home.ts';

/** A command that is killed again and again, and started again as a user would. */
export interface Victim {
  readonly name: string;
  /** Some name the batch of the first file. */
  readonly args: readonly string[] | ((foxes: BatchId) => readonly string[]);
  readonly kills: number;
  /** Its progress shows in the stage; that of others by their end. */
  readonly works: boolean;
  /** Processor time in the stage within which it is killed. */
  readonly withinMs: number;
  /** A server: Ctrl-C ends it when this holds. */
  readonly isDone?: (home: Home) => Promise<boolean>;
  readonly isWell: (ended: Ended) => boolean;
  readonly andThen?: (home: Home) => Promise<void>;
}

/** What a home is to make, and who is killed on the way. */
export interface Plan {
  readonly files: Readonly<Record<string, string>>;
  readonly schedules: readonly string[];
  readonly batches: number;
  /** One after another, while those beside come and go. */
  readonly working: readonly Victim[];
  readonly beside: readonly Victim[];
  /** When all is made. */
  readonly after: readonly Victim[];
}

const SCHEDULES = ['dawn', 'noon', 'dusk'];
/** The scheduled time before now is this long ago at most. */
const SCHEDULED_EVERY_MS = 30 * 60_000;

/** Shares of a home's items and kills. */
export function planOf(items: number, kills: number): Plan {
  const some = (share: number) => Math.max(1, Math.round(share * items));
  const times = (share: number) => Math.round(share * kills);
  const promoted = some(0.1);
  const scheduled = some(0.2 / SCHEDULES.length);
  const batches = 4 + SCHEDULES.length;
  const files = {
    'foxes.csv': prompts('fox', some(0.4)),
    'owls.csv': prompts('owl', some(0.15)),
    'uploads/herons.csv': prompts('heron', some(0.15)),
    ...Object.fromEntries(SCHEDULES.map((name) => [`${name}.csv`, prompts(name, scheduled)])),
  };
  const worker = { works: true, withinMs: 120, isWell: ({ code }: Ended) => code === 0 || code === 2 };
  const other = { works: false, withinMs: 90, isWell: ({ code }: Ended) => code === 0 };
  const start = new Date(
    Math.floor(Date.now() / SCHEDULED_EVERY_MS) * SCHEDULED_EVERY_MS - 2 * SCHEDULED_EVERY_MS,
  );
  return {
    files,
    schedules: SCHEDULES,
    batches,
    working: [
      { ...worker, name: 'run', args: ['run', 'foxes.csv'], kills: times(0.25) },
      {
        ...worker,
        name: 'promote',
        args: (foxes) => ['promote', foxes, '--pick', range(promoted), '--prompt-prefix', 'Large:'],
        kills: times(0.1),
      },
      {
        ...worker,
        name: 'dev',
        args: ['dev'],
        kills: times(0.2),
        isDone: (home) => isMade(home, batches),
      },
    ],
    beside: [
      ...SCHEDULES.map(
        (name): Victim => ({
          ...other,
          name: 'schedule add',
          args: [
            ...['schedule', 'add', name, `${name}.csv`],
            ...['--every', '30m', '--start', start.toISOString().slice(0, 16), '--catch-up', 'latest'],
          ],
          kills: times(0.04),
          isWell: ({ code, stderr }: Ended) => code === 0 || stderr.includes('already'),
          andThen: (home) => forgetRuns(home, name, start),
        }),
      ),
      { ...other, name: 'submit', args: ['submit', 'owls.csv'], kills: times(0.05) },
      { ...other, name: 'retry', args: (foxes) => ['retry', foxes], kills: times(0.05) },
      { ...other, name: 'cost', args: ['cost', '--by', 'batch'], kills: times(0.03) },
      {
        ...other,
        name: 'download',
        args: (foxes) => ['download', foxes, '--out', 'some'],
        kills: times(0.05),
      },
      { ...other, name: 'retry', args: (foxes) => ['retry', foxes], kills: times(0.05) },
    ],
    after: [
      {
        ...other,
        name: 'download',
        args: (foxes) => ['download', foxes, '--out', 'all'],
        kills: times(0.05),
        withinMs: 200,
      },
      { ...other, name: 'cost verify', args: ['cost', 'verify'], kills: times(0.05) },
    ],
  };
}

/** As if it had been added then, and nothing had run since. */
async function forgetRuns({ effects }: Home, schedule: string, since: Date): Promise<void> {
  const set = { seenUntil: since.toISOString() };
  await effects.table.write([{ kind: 'update', key: scheduleKey(schedule), set }]);
}

/** Every tenth is refused twice. */
function prompts(animal: string, count: number): string {
  const lines = Array.from({ length: count }, (_, index) => {
    const number = index + 1;
    return `${animal}-${number},a ${number % 10 === 0 ? SHY : 'bold'} ${animal} number ${number}\n`;
  });
  return `name,prompt\n${lines.join('')}`;
}

function range(count: number): string {
  return Array.from({ length: count }, (_, index) => index + 1).join(',');
}

/** No item is open, and no file unread. */
async function isMade({ batches }: Home, count: number): Promise<boolean> {
  const all = await batches();
  return all.length >= count && all.every(({ state }) => state === 'complete');
}
