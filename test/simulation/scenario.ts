import { type Random, randomFrom } from '../../local/simulator/random.ts';
import type { UnknownPolicy } from '../../shared/domain/item/retry.ts';
import { MICRO_PER_CREDIT } from '../../shared/domain/money/money.ts';
import { type Fault, randomFaults } from './faults.ts';
import { CALM, type ProviderMood, randomMood } from './provider-mood.ts';

/** `deployed`: functions of their own, which die one by one. `local`: one process, whose queues die with it. */
export type StageKind = 'deployed' | 'local';

/** What people do beside the work. */
interface Commands {
  /** `cancel`, so long after the start. */
  readonly cancelsAfterMs?: number;
  /** `pause` of the batch, so long after the start, and `resume` so long after that. */
  readonly pauses?: { readonly afterMs: number; readonly forMs: number };
  /** A `retry` each. `complete`: once the batch is. `ended`: as soon as its items have ended, while it is being finished. */
  readonly retries: readonly ('complete' | 'ended')[];
}

/** All that makes a run what it is; the same scenario is the same run, step by step. */
export interface Scenario {
  readonly seed: string;
  readonly stage: StageKind;
  /** What is submitted. */
  readonly file: string;
  /** Its rows that are to be items, and those that are to be rejected. */
  readonly items: readonly number[];
  readonly rejected: readonly number[];
  readonly workers: number;
  readonly itemsAtOnce: number;
  /** Messages that one invocation is given at most. */
  readonly eventSize: number;
  /** Rows that ingest reads between two checkpoints. */
  readonly windowRows: number;
  /** How far the clocks of two processes may be apart. */
  readonly skewMs: number;
  /** How many messages of one come twice by themselves, as a standard queue may deliver them. */
  readonly duplicates: number;
  readonly commands: Commands;
  readonly mood: ProviderMood;
  /** What may be spent: by the batch, and by everybody in a day; undefined where nothing limits it. */
  readonly budgets: { readonly batchMicro?: number; readonly dayMicro?: number };
  readonly unknownOutcomes: UnknownPolicy;
  /** Whether all events come once more after the end. */
  readonly repeats: boolean;
  /** Whether the table is lost after the end, and rebuilt from the store. */
  readonly rebuilds?: boolean;
  readonly faults: readonly Fault[];
}

export const START_MS = Date.parse('2026-11-21T12:00:00Z');
/** A reference image that is in the bucket from the start. */
export const REFERENCE_KEY = 'references/fox.png';

/** A random walk: batch, stage, provider and faults as the seed has them. */
export function randomScenario(seed: number): Scenario {
  const random = randomFrom('scenario', seed);
  const rows = rowCount(random);
  const file = promptFile(random, rows);
  const faults = random.pick([0, 1, 2, 3, 4, 6, 8, 12, 20]);
  return {
    seed: String(seed),
    stage: random.chance(0.25) ? 'local' : 'deployed',
    ...file,
    workers: random.between(1, 3),
    itemsAtOnce: random.between(1, 4),
    eventSize: random.between(1, 8),
    windowRows: random.pick([400, 37, 11, 7]),
    skewMs: random.pick([0, 0, 300, 2_000]),
    duplicates: random.pick([0, 0, 0.02, 0.2]),
    commands: randomCommands(random),
    mood: randomMood(random, START_MS, rows),
    budgets: rows > 20 ? {} : randomBudgets(random),
    unknownOutcomes: random.chance(0.15) ? 'hold' : 'retry',
    repeats: random.chance(0.15),
    faults: randomFaults(random, faults, 60 + 25 * Math.min(rows, 40)),
  };
}

/** A small batch with a provider that does nothing wrong, for faults that are chosen one by one. */
export function smallScenario(stage: StageKind, faults: readonly Fault[]): Scenario {
  return {
    seed: 'small',
    stage,
    file: 'prompt,id\na red fox,fox\na blue owl,owl\n,empty\n',
    items: [1, 2],
    rejected: [3],
    workers: 2,
    itemsAtOnce: 2,
    eventSize: 4,
    windowRows: 400,
    skewMs: 0,
    duplicates: 0,
    commands: { retries: [] },
    mood: CALM,
    budgets: { batchMicro: 2_000 * MICRO_PER_CREDIT },
    unknownOutcomes: 'retry',
    repeats: true,
    faults,
  };
}

function randomCommands(random: Random): Commands {
  const cancels = random.chance(0.08);
  const cancelsAfterMs = random.between(1_000, 300_000);
  return { retries: random.chance(0.15) ? ['complete'] : [], ...(cancels && { cancelsAfterMs }) };
}

/** One call holds about 170 credits and costs about 70: most of these make calls wait, some stop the batch. */
function randomBudgets(random: Random): Scenario['budgets'] {
  const credits = () => random.pick([60, 180, 400, 1_100, 3_000, 20_000]) * MICRO_PER_CREDIT;
  return {
    ...(random.chance(0.25) ? { batchMicro: credits() } : {}),
    ...(random.chance(0.1) ? { dayMicro: credits() } : {}),
  };
}

/** Mostly a few; now and then more than ingest reads between two checkpoints. */
function rowCount(random: Random): number {
  if (random.chance(0.003)) return random.between(210, 430);
  return random.chance(0.12) ? random.between(21, 80) : random.between(1, 30);
}

function promptFile(random: Random, rows: number): Pick<Scenario, 'file' | 'items' | 'rejected'> {
  const items: number[] = [];
  const rejected: number[] = [];
  const lines = ['prompt,id,name,references'];
  for (let row = 1; row <= rows; row += 1) {
    const kind = random.weighted(ROW_KINDS) ?? 'plain';
    const isRejected =
      kind === 'empty' || kind === 'bad-reference' || (kind === 'same-id' && items.length > 0);
    (isRejected ? rejected : items).push(row);
    lines.push(lineOf(kind, row, items[0] ?? row));
  }
  return { file: `${lines.join('\n')}\n`, items, rejected };
}

const ROW_KINDS = {
  plain: 80,
  named: 8,
  referring: 4,
  'bad-reference': 2,
  empty: 4,
  'same-id': 2,
} as const;

function lineOf(kind: keyof typeof ROW_KINDS, row: number, firstItem: number): string {
  const prompt = `a fox, number ${row}`;
  switch (kind) {
    case 'plain':
      return `"${prompt}",id-${row},,`;
    case 'named':
      return `"${prompt}",id-${row},the same name,`;
    case 'referring':
      return `"${prompt}",id-${row},,${REFERENCE_KEY}`;
    case 'bad-reference':
      return `"${prompt}",id-${row},,references/none.png`;
    case 'empty':
      return `,id-${row},,`;
    case 'same-id':
      return `"${prompt}",id-${firstItem},,`;
  }
}
