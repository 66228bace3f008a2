/**
 * The charges of 13 months, as more than a year of use would leave them: three providers, prices that change, calls without a
 * response, forty campaigns, users, weekends, growth. Made by seed, always the same.
 */
import { DEFAULT_PROVIDER, type ModelProfile, modelCatalog } from '../../shared/domain/calls/models.ts';
import { type BatchId, parseAttemptId, parseBatchId } from '../../shared/domain/ids.ts';
import {
  type Charge,
  type ChargeOutcome,
  costOfCall,
  costOfUnknown,
} from '../../shared/domain/money/charge.ts';
import { type Price, priceOn } from '../../shared/domain/money/prices.ts';
import { addDays, addMonths, daysIn } from '../../shared/domain/time/calendar.ts';
import { drawnBy, hexOf, randomOf } from './random.ts';

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

/** Pro and the router's become dearer on a day of the eighth month. */
export const PRICES: readonly Price[] = SERVED.flatMap(({ model }): Price[] => {
  const isPro = model === PRO || model === 'router-pro';
  const base = isPro
    ? { inputMicro: 4_000, textMicro: 24_000, imageMicro: 240_000 }
    : { inputMicro: 500, textMicro: 3_000, imageMicro: 60_000 };
  const at = { model, source: 'bench', ceiling: 'one-image' } as const;
  const first = { ...at, ...base, name: `${model}-1`, from: '2025-01-01' };
  if (!isPro) return [first];
  return [first, { ...at, ...base, textMicro: 26_000, name: `${model}-2`, from: PRICE_CHANGE }];
});

/** What was charged in one batch. */
interface ChargedBatch {
  readonly batch: BatchId;
  readonly createdAt: string;
  readonly charges: Iterable<Charge>;
}

/** About so many charges, batch by batch; those of one must be taken before the next is asked for. */
export function* chargedBatches(charges: number): Generator<ChargedBatch> {
  const random = randomOf(20_261_128);
  const days = daysIn({ from: FIRST_DAY, to: LAST_DAY });
  const loads = days.map((day, nth) => loadOf(day, nth / days.length, random));
  const all = loads.reduce((sum, load) => sum + load, 0);
  for (const [nth, day] of days.entries()) {
    const ofDay = Math.round(((loads[nth] ?? 0) / all) * charges);
    for (let part = 0; part < BATCHES_A_DAY; part++) {
      const batch = parseBatchId(`months-${day.replaceAll('-', '')}${part}`);
      if (batch === undefined) throw new Error('not a batch id');
      const calls = Math.ceil((ofDay - part) / BATCHES_A_DAY);
      const ofBatch = chargesOf(random, batch, day, calls);
      yield { batch, createdAt: `${day}T0${part}:00:00.000Z`, charges: ofBatch };
    }
  }
}

function* chargesOf(random: () => number, batch: BatchId, day: string, calls: number): Generator<Charge> {
  for (let row = 1; row <= calls; row++) yield chargeOf(random, batch, row, day);
}

/** Twice as much at the end as at the beginning, little on weekends, and now and then a campaign. */
function loadOf(day: string, part: number, random: () => number): number {
  const weekday = new Date(day).getUTCDay();
  const week = weekday === 0 || weekday === 6 ? 0.3 : 1;
  const noise = 0.6 + 0.8 * random();
  const campaign = random() < 0.05 ? 2.5 : 1;
  return (1 + part) * week * noise * campaign;
}

function chargeOf(random: () => number, batch: BatchId, row: number, day: string): Charge {
  const at = new Date(Date.parse(day) + Math.floor(random() * 86_400_000)).toISOString();
  const shares = SERVED.map((each) => [each, each.share] as const);
  const { model, provider, rate } = drawnBy(random(), shares) ?? SERVED[0];
  const price = priceOn({ prices: PRICES }, model, day);
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

/** The same call, whose response arrived after it was given up. */
export function answeredLate(charge: Charge): Charge {
  const price = PRICES.find(({ name }) => name === charge.price);
  if (price === undefined) throw new Error(`no price ${charge.price}`);
  const facts = { imageSize: '1K', imagePixels: [1_048_576], promptBytes: 80, references: 0 } as const;
  const usage = { promptTokens: 20, completionTokens: 1_400, totalTokens: 1_420 };
  const cost = costOfCall(usage, facts, profileOf(charge.model), price);
  return { ...charge, ...cost, outcome: 'image', images: 1, usage };
}

const catalog = modelCatalog();

function profileOf(model: string): ModelProfile {
  const profile = catalog.get(model === PRO || model === 'router-pro' ? PRO : FLASH);
  if (profile === undefined) throw new Error(`no model ${model}`);
  return { ...profile, model };
}
