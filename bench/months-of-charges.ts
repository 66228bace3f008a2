/**
 * A ledger of 13 months, as more than a year of use would leave it: three providers, a price that changes, calls without a
 * response, forty campaigns, users, weekends, growth. Made by seed, always the same.
 */
import { DEFAULT_PROVIDER, type ModelProfile, modelCatalog } from '../shared/domain/calls/models.ts';
import { parseAttemptId, parseBatchId } from '../shared/domain/ids.ts';
import { type Charge, type ChargeOutcome, costOfCall, costOfUnknown } from '../shared/domain/money/charge.ts';
import { type Price, type PriceList, priceOn } from '../shared/domain/money/prices.ts';
import { addDays, addMonths, daysIn } from '../shared/domain/time/calendar.ts';
import type { Table, TableRow } from '../shared/pipeline/ports.ts';
import { batchListKey } from '../shared/pipeline/rows/batch-row.ts';
import { chargeToRow } from '../shared/pipeline/rows/charge-row.ts';
import { addRollUp, drawnBy, hexOf, randomOf, writeAll } from './month-of-charges.ts';

export const FIRST_DAY = '2025-10-01';
export const LAST_DAY = addDays(addMonths(FIRST_DAY, 13), -1);
const PRICE_CHANGE = '2026-05-01';
const CAMPAIGNS = 40;
const USERS = ['ann', 'bob', 'eve', 'kim', 'lee'] as const;
const BATCHES_A_DAY = 4;

const FLASH = 'gemini-3.1-flash-image-preview';
const PRO = 'gemini-3-pro-image-preview';
/** Models, who serves them at which rate, and their share of the calls. */
const SERVED = [
  { model: FLASH, provider: DEFAULT_PROVIDER, rate: 0.001, share: 0.6 },
  { model: PRO, provider: DEFAULT_PROVIDER, rate: 0.001, share: 0.2 },
  { model: 'google-flash', provider: 'google', rate: 0.001, share: 0.12 },
  { model: 'router-pro', provider: 'openrouter', rate: 0.00125, share: 0.08 },
] as const;
const OUTCOMES: readonly (readonly [ChargeOutcome, share: number])[] = [
  ['no_image', 0.02],
  ['blocked', 0.01],
  ['duplicate', 0.005],
  ['unknown', 0.005],
];
const SIZES = ['1K', '1K', '1K', '2K'] as const;

/** The prices: Pro and the router's become dearer on a day of the seventh month. */
const prices: PriceList = {
  prices: SERVED.flatMap(({ model }): Price[] => {
    const isPro = model === PRO || model === 'router-pro';
    const base = isPro
      ? { inputMicro: 4_000, textMicro: 24_000, imageMicro: 240_000 }
      : { inputMicro: 500, textMicro: 3_000, imageMicro: 60_000 };
    const at = { model, source: 'bench', ceiling: 'one-image' } as const;
    const first = { ...at, ...base, name: `${model}-1`, from: '2025-01-01' };
    if (!isPro) return [first];
    return [first, { ...at, ...base, textMicro: 26_000, name: `${model}-2`, from: PRICE_CHANGE }];
  }),
};

/** Writes about so many charges with their roll-ups and batches. */
export async function writeMonths(table: Pick<Table, 'write'>, charges: number) {
  const rollUps = new Map<string, TableRow>();
  let written = 0;
  const rows = rowsOf(charges, (charge) => {
    written += 1;
    addRollUp(rollUps, charge);
  });
  await writeAll(table, rows);
  await writeAll(table, rollUps.values());
  return { charges: written, rollUps: rollUps.size };
}

function* rowsOf(charges: number, each: (charge: Charge) => void): Generator<TableRow> {
  const random = randomOf(20_261_128);
  const days = daysIn({ from: FIRST_DAY, to: LAST_DAY });
  const loads = days.map((day, nth) => loadOf(day, nth / days.length, random));
  const all = loads.reduce((sum, load) => sum + load, 0);
  let row = 0;
  for (const [nth, day] of days.entries()) {
    const ofDay = Math.round(((loads[nth] ?? 0) / all) * charges);
    for (let part = 0; part < BATCHES_A_DAY; part++) {
      const batch = parseBatchId(`months-${day.replaceAll('-', '')}${part}`);
      if (batch === undefined) throw new Error('not a batch id');
      yield { ...batchListKey({ id: batch, createdAt: `${day}T0${part}:00:00.000Z` }), batch };
      for (let call = part; call < ofDay; call += BATCHES_A_DAY) {
        row += 1;
        const charge = chargeOf(random, batch, row, day);
        each(charge);
        yield chargeToRow(charge);
      }
    }
  }
}

/** Twice as much at the end as at the beginning, little on weekends, and now and then a campaign. */
function loadOf(day: string, part: number, random: () => number): number {
  const weekday = new Date(day).getUTCDay();
  const week = weekday === 0 || weekday === 6 ? 0.3 : 1;
  const noise = 0.6 + 0.8 * random();
  const campaign = random() < 0.05 ? 2.5 : 1;
  return (1 + part) * week * noise * campaign;
}

function chargeOf(random: () => number, batch: Charge['batch'], row: number, day: string): Charge {
  const at = new Date(Date.parse(day) + Math.floor(random() * 86_400_000)).toISOString();
  const { model, provider, rate } =
    drawnBy(
      random(),
      SERVED.map((each) => [each, each.share] as const),
    ) ?? SERVED[0];
  const price = priceOn(prices, model, day);
  const attempt = parseAttemptId(hexOf(random, [8, 4, 4, 4, 12]));
  if (price === undefined || attempt === undefined) throw new Error('no such model');
  const profile = profileOf(model);
  const outcome = drawnBy(random(), OUTCOMES) ?? 'image';
  const size = SIZES[Math.floor(random() * SIZES.length)] ?? '1K';
  const pixels = size === '2K' ? 4_194_304 : 1_048_576;
  const promptTokens = 10 + Math.floor(random() * 60);
  const completionTokens = (profile.imageTokens[size] ?? 1_120) + Math.floor(random() * 800);
  const usage = { promptTokens, completionTokens, totalTokens: promptTokens + completionTokens };
  const hasImage = outcome === 'image' || outcome === 'duplicate';
  const facts = { imageSize: size, imagePixels: hasImage ? [pixels] : [], promptBytes: 80, references: 0 };
  const unknown = outcome === 'unknown';
  return {
    ...(unknown ? costOfUnknown(facts, undefined, profile, price) : costOfCall(usage, facts, profile, price)),
    ...{ attempt, batch, row, variant: 1, model, provider, rate, at, outcome, size },
    user: USERS[Math.floor(random() ** 2 * USERS.length)] ?? 'ann',
    images: outcome === 'image' ? 1 : 0,
    tags: { campaign: `c${String(Math.floor(random() * CAMPAIGNS)).padStart(2, '0')}` },
    usage: unknown ? undefined : usage,
  };
}

const catalog = modelCatalog();

function profileOf(model: string): ModelProfile {
  const profile = catalog.get(model === PRO || model === 'router-pro' ? PRO : FLASH);
  if (profile === undefined) throw new Error(`no model ${model}`);
  return { ...profile, model };
}
