import { randomUUID } from 'node:crypto';
import type * as z from 'zod/mini';
import type { BatchOptions } from '../../shared/domain/batch/batch.ts';
import { metadataToOptions } from '../../shared/domain/batch/batch-options.ts';
import type { Pick as PickedRow } from '../../shared/domain/batch/promotion.ts';
import { creditRate } from '../../shared/domain/configuration/credit-rate.ts';
import { type BatchId, parseBatchId } from '../../shared/domain/ids.ts';
import { formatCredits, MICRO_PER_CREDIT } from '../../shared/domain/money/money.ts';
import { parseAmount } from '../../shared/domain/money/parse-amount.ts';
import { priceOn } from '../../shared/domain/money/prices.ts';
import { dayOfMs } from '../../shared/domain/time/calendar.ts';
import { readMarks } from '../../shared/pipeline/batch/marks.ts';
import { promotedFile } from '../../shared/pipeline/ingest/promoted-file.ts';
import type { PromptFile } from '../../shared/pipeline/ingest/submit.ts';
import { submitRun } from '../../shared/pipeline/ingest/submit-run.ts';
import { applyBudget } from '../../shared/pipeline/money/raise-budget.ts';
import { planFile } from '../../shared/pipeline/plan/plan.ts';
import { planJson } from '../../shared/pipeline/plan/plan-json.ts';
import { type PlanAnswer, plan, type promotionRequest, type runResult } from '../api/work.ts';
import type { DashboardHost } from '../host.ts';
import { notFound, Problem } from '../problem.ts';
import { readingOf } from './file-reading.ts';

/** What a plan was made of: a run is of exactly this. */
interface Kept {
  readonly file: PromptFile;
  readonly options: BatchOptions;
  /** The prices that it was made with, by name. */
  readonly prices: string;
}

type PromotionRequest = z.infer<typeof promotionRequest>;

const MOST_PLANS = 100;
/** Above this, the number of images is typed before a run starts. */
const APPROVE_ABOVE_MICRO = 50_000 * MICRO_PER_CREDIT;

export type Plans = ReturnType<typeof createPlans>;

/** Plans that were shown, and the runs of them: what was not seen can't be run. */
export function createPlans(host: DashboardHost) {
  const { effects } = host;
  const kept = new Map<string, Kept>();

  async function make(file: PromptFile, texts: Readonly<Record<string, string>>): Promise<PlanAnswer> {
    const options = optionsOf(texts);
    const reading = await readingOf(effects, file, options);
    const planned = await planFile(effects, file, options, host.callsAtOnce);
    if (planned.kind === 'problem') throw new Problem(422, 'unreadable', planned.message);
    const planId = randomUUID();
    kept.set(planId, { file, options, prices: pricesNow(host) });
    for (const oldest of kept.keys()) {
      if (kept.size <= MOST_PLANS) break;
      kept.delete(oldest);
    }
    const json = planJson(planned.plan);
    return plan.parse({
      ...json,
      ...reading,
      rejectedLines: json.rejectedLines.slice(0, 200),
      name: options.name ?? file.name.replace(/\.[a-z0-9]+$/i, ''),
      planId,
      approveAboveMicro: APPROVE_ABOVE_MICRO,
    });
  }

  async function promote(request: PromotionRequest): Promise<PlanAnswer> {
    const batch = parseBatchId(request.batch);
    if (batch === undefined) throw notFound(`There is no batch ${request.batch}.`);
    const rows = await chosenRows(host, batch, request.items);
    const { variants, ...settings } = request.settings ?? {};
    const { model, ...others } = optionsOf(settings).settings;
    const prompt = request.prompt?.trim() === '' ? undefined : request.prompt;
    const promoted = await promotedFile(effects, batch, rows, {
      given: settings.model === undefined ? others : { ...others, model },
      fromDraft: request.fromDraft === true,
      ...(prompt !== undefined && { prompt }),
    });
    if (promoted.kind === 'problem') throw new Problem(409, 'not_promotable', promoted.message);
    return await make(promoted.file, variants === undefined ? {} : { variants });
  }

  async function run(planId: string, budget: string | undefined): Promise<z.infer<typeof runResult>> {
    const seen = kept.get(planId);
    if (seen === undefined) throw stale('This plan is no longer here.');
    if (seen.prices !== pricesNow(host)) throw stale('Prices have changed since this plan was made.');
    const budgetMicro = budgetOf(host, budget);
    const options: BatchOptions = { ...seen.options, ...(budgetMicro !== undefined && { budgetMicro }) };
    const submitted = await submitRun(effects, seen.file, options, { regeneratesMissing: true });
    if (submitted.kind === 'problem') throw new Problem(422, 'not_submitted', submitted.message);
    const { batch, isNew, key } = submitted;
    const notes: string[] = [];
    await applyBudget(effects, submitted, options, (line) => notes.push(line));
    const started = await host.work(batch, key);
    if (started.kind === 'problem') notes.push(started.message);
    else if (started.note !== undefined) notes.push(started.note);
    return { batch, isNew, note: notes.length === 0 ? null : notes.join(' ') };
  }

  return { make, promote, run };
}

async function chosenRows(
  { effects }: DashboardHost,
  batch: BatchId,
  items: PromotionRequest['items'],
): Promise<PickedRow[]> {
  const chosen =
    items === 'picked'
      ? (await readMarks(effects.table, batch)).filter(({ mark }) => mark === 'picked')
      : items;
  if (chosen.length === 0) {
    throw new Problem(409, 'nothing_picked', 'No image is picked.', {
      doThis: 'Pick images first: P in the grid.',
    });
  }
  return chosen.map(({ row, variant }) => ({ row, variant }));
}

/** Options by the names of the flags, read by the same rules. Throws `Problem` on one that can't be used. */
function optionsOf(texts: Readonly<Record<string, string>>): BatchOptions {
  const given = Object.entries(texts).filter(([, value]) => value.trim() !== '');
  const metadata = Object.fromEntries(
    given.map(([name, value]) => [`pressrun-${name}`, encodeURIComponent(value)]),
  );
  const parsed = metadataToOptions(metadata);
  if (parsed.kind === 'problem') {
    throw new Problem(422, 'bad_option', parsed.message.replaceAll('pressrun-', ''));
  }
  return parsed.options;
}

function budgetOf({ effects }: DashboardHost, text: string | undefined): number | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const amount = parseAmount(text, creditRate(effects));
  if (amount.kind === 'problem') throw new Problem(422, 'bad_budget', `Budget: ${amount.reason}.`);
  if (amount.micro > 0) return amount.micro;
  throw new Problem(422, 'bad_budget', 'Budget: must be more than 0.');
}

function stale(message: string): Problem {
  return new Problem(409, 'stale_plan', message, { doThis: 'Look at the new plan, then run it.' });
}

function pricesNow({ effects }: DashboardHost): string {
  const day = dayOfMs(effects.clock.now());
  const prices = [...effects.models.keys()].map((model) => priceOn(effects.prices, model, day));
  return prices
    .map((price) => (price === undefined ? '-' : `${price.name} ${formatCredits(price.imageMicro)}`))
    .join();
}
