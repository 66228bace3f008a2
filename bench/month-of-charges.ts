/** A month of charges with their roll-ups, as a year of use would leave them: made by seed, always the same. */
import { DEFAULT_PROVIDER, modelCatalog } from '../shared/domain/calls/models.ts';
import { parseAttemptId, parseBatchId } from '../shared/domain/ids.ts';
import { type Charge, type ChargeOutcome, costOfCall, costOfUnknown } from '../shared/domain/money/charge.ts';
import { DEFAULT_USD_PER_CREDIT } from '../shared/domain/money/money.ts';
import { priceList, priceOn } from '../shared/domain/money/prices.ts';
import { addDays } from '../shared/domain/time/calendar.ts';
import type { Table, TableRow, TableWrite } from '../shared/pipeline/ports.ts';
import { batchListKey } from '../shared/pipeline/rows/batch-row.ts';
import { chargeToRow } from '../shared/pipeline/rows/charge-row.ts';
import { addToCost } from '../shared/pipeline/rows/cost-row.ts';

const DAYS = 30;
const BATCHES = 100;
/** A batch is worked off within so many days. */
const DAYS_OF_BATCH = 3;
const DAY_MS = 86_400_000;
const MODELS = ['gemini-3.1-flash-image-preview', 'gemini-3-pro-image-preview'] as const;
const OUTCOMES: readonly (readonly [ChargeOutcome, share: number])[] = [
  ['no_image', 0.02],
  ['blocked', 0.01],
  ['duplicate', 0.005],
  ['unknown', 0.005],
];

/** Of one transaction. */
const ROWS_AT_ONCE = 100;
const TRANSACTIONS_AT_ONCE = 16;

/** Writes so many charges of the 30 days from `from` on, with their roll-ups and batches. */
export async function writeMonth(
  table: Pick<Table, 'write'>,
  from: string,
  charges: number,
): Promise<{ readonly rollUps: number; readonly creditsMicro: number }> {
  const rollUps = new Map<string, TableRow>();
  let creditsMicro = 0;
  const rows = rowsOf(from, charges, (charge) => {
    creditsMicro += charge.creditsMicro;
    addRollUp(rollUps, charge);
  });
  await writeAll(table, rows);
  await writeAll(table, rollUps.values());
  return { rollUps: rollUps.size, creditsMicro };
}

export async function writeAll(table: Pick<Table, 'write'>, rows: Iterator<TableRow>): Promise<void> {
  const writer = async () => {
    for (let writes = nextWrites(rows); writes.length > 0; writes = nextWrites(rows))
      await table.write(writes);
  };
  await Promise.all(Array.from({ length: TRANSACTIONS_AT_ONCE }, writer));
}

function nextWrites(rows: Iterator<TableRow>): TableWrite[] {
  const writes: TableWrite[] = [];
  while (writes.length < ROWS_AT_ONCE) {
    const next = rows.next();
    if (next.done) break;
    writes.push({ kind: 'put', row: next.value });
  }
  return writes;
}

function* rowsOf(from: string, charges: number, each: (charge: Charge) => void): Generator<TableRow> {
  const random = randomOf(20_261_121);
  for (let nth = 0; nth < BATCHES; nth++) {
    const batch = parseBatchId(`bench-${String(nth).padStart(3, '0')}`);
    if (batch === undefined) throw new Error('not a batch id');
    const startMs = Date.parse(from) + Math.floor((nth / BATCHES) * (DAYS - DAYS_OF_BATCH)) * DAY_MS;
    yield { ...batchListKey({ id: batch, createdAt: new Date(startMs).toISOString() }), batch };
    for (let row = 1; row <= charges / BATCHES; row++) {
      const charge = chargeOf(random, batch, row, startMs);
      each(charge);
      yield chargeToRow(charge);
    }
  }
}

function chargeOf(random: () => number, batch: Charge['batch'], row: number, startMs: number): Charge {
  const at = new Date(startMs + Math.floor(random() * DAYS_OF_BATCH * DAY_MS)).toISOString();
  const model = random() < 0.8 ? MODELS[0] : MODELS[1];
  const [profile, price] = [modelCatalogOnce.get(model), priceOn(prices, model, at.slice(0, 10))];
  const attempt = parseAttemptId(hexOf(random, [8, 4, 4, 4, 12]));
  if (profile === undefined || price === undefined || attempt === undefined) throw new Error('no such model');
  const outcome = drawnBy(random(), OUTCOMES) ?? 'image';
  const promptTokens = 10 + Math.floor(random() * 60);
  const completionTokens = 1_120 + Math.floor(random() * 800);
  const usage = { promptTokens, completionTokens, totalTokens: promptTokens + completionTokens };
  const hasImage = outcome === 'image' || outcome === 'duplicate';
  const facts = {
    imageSize: undefined,
    imagePixels: hasImage ? [1_048_576] : [],
    promptBytes: 80,
    references: 0,
  };
  const unknown = outcome === 'unknown';
  const cost = unknown
    ? costOfUnknown(facts, undefined, profile, price)
    : costOfCall(usage, facts, profile, price);
  const images = outcome === 'image' ? 1 : 0;
  const tags = { campaign: `c${row % 7}` };
  return {
    ...cost,
    attempt,
    batch,
    row,
    variant: 1,
    model,
    provider: DEFAULT_PROVIDER,
    rate: DEFAULT_USD_PER_CREDIT,
    at,
    outcome,
    images,
    tags,
    usage: unknown ? undefined : usage,
  };
}

const modelCatalogOnce = modelCatalog();
const prices = priceList();

/** One of several, each as likely as its share says; undefined beyond their sum. `chance` is in [0, 1). */
export function drawnBy<Of>(chance: number, shares: readonly (readonly [Of, number])[]): Of | undefined {
  let left = chance;
  for (const [one, share] of shares) {
    if (left < share) return one;
    left -= share;
  }
  return undefined;
}

export function addRollUp(rollUps: Map<string, TableRow>, charge: Charge): void {
  const write = addToCost(charge);
  if (write.kind !== 'update') throw new Error('a roll-up is added to');
  const key = `${write.key.pk} ${write.key.sk}`;
  const before = rollUps.get(key);
  const sums = Object.entries(write.add ?? {}).map(([name, value]) => [
    name,
    Number(before?.[name] ?? 0) + value,
  ]);
  rollUps.set(key, { ...write.key, ...write.set, ...Object.fromEntries(sums) });
}

/** The last whole 30 days before a moment: what `pressrun cost` is asked about. */
export function monthBefore(ms: number): string {
  return addDays(new Date(ms).toISOString().slice(0, 10), -DAYS);
}

/** mulberry32. */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function hexOf(random: () => number, groups: readonly number[]): string {
  const digits = (length: number) =>
    Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('');
  return groups.map(digits).join('-');
}
