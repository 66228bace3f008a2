import type { BatchOptions } from '../../domain/batch/batch.ts';
import {
  type PlanGatherer,
  type PlannedBudget,
  type PlannedCredits,
  type PlannedModel,
  planGatherer,
} from '../../domain/batch/plan.ts';
import { findModel } from '../../domain/calls/models.ts';
import { type ContentHash, contentHash } from '../../domain/item/content.ts';
import type { ItemSpec } from '../../domain/item/item.ts';
import { batchIdOf } from '../../domain/item/object-keys.ts';
import { type Budget, batchScope } from '../../domain/money/budget.ts';
import { priceOn } from '../../domain/money/prices.ts';
import type { FileRecord } from '../../domain/prompt-file/format.ts';
import { openPrompts } from '../../domain/prompt-file/reader/open-prompts.ts';
import { dayOfMs } from '../../domain/time/calendar.ts';
import { textBytes } from '../../provider/http/request-body.ts';
import type { Effects } from '../effects.ts';
import { createRecordReader, type NumberedItem } from '../ingest/read-row.ts';
import { findReusable } from '../ingest/reuse.ts';
import type { PromptFile } from '../ingest/submit.ts';
import { readSharedBudgets, statusOf } from '../money/budgets.ts';
import type { RejectedLine } from '../rows/rejected-row.ts';
import { measureHistory } from './history.ts';
import { type ChangedItem, type Comparison, comparisonWithEarlier } from './plan-comparison.ts';
import {
  addEmbedded,
  createRefusals,
  type ReferenceFacts,
  referencesOf,
  withKeys,
} from './plan-references.ts';
import { type RateLimit, rateLimits } from './rate-limits.ts';

type Planner = Pick<Effects, 'table' | 'store' | 'clock' | 'models' | 'prices'>;

/** What a file would make, and what it would cost; nothing is written or sent for it. */
export interface Plan {
  /** `changed` are in an earlier batch of this file by their id, and are to be generated again; `gone` are only there. */
  readonly items: {
    readonly new: number;
    readonly reused: number;
    readonly changed: number;
    readonly gone: number;
  };
  readonly changed: readonly ChangedItem[];
  readonly gone: readonly string[];
  readonly rejected: readonly RejectedLine[];
  readonly models: readonly PlannedModel[];
  readonly credits: PlannedCredits;
  /** With so many calls at once, within the limits; undefined if too little was measured. */
  readonly seconds: number | undefined;
  readonly callsAtOnce: number;
  /** Models that the fleet may not call faster, by what is pinned or was learned. */
  readonly limits: readonly RateLimit[];
  readonly budgets: readonly PlannedBudget[];
}

type PlanResult =
  | { readonly kind: 'plan'; readonly plan: Plan }
  | { readonly kind: 'problem'; readonly message: string };

/** Items that are looked up at a time. */
const LOOK_UPS = 50;

/** Stands for the batch that the file would be: its own budget is the one given with it. */
const PLANNED = batchIdOf('planned', '');

/** What is added up while a file is read. */
interface Planning {
  readonly effects: Planner;
  readonly options: BatchOptions;
  /** Whose prices hold. */
  readonly day: string;
  readonly gatherer: PlanGatherer;
  readonly comparison: Comparison;
  readonly references: Map<string, ReferenceFacts>;
  readonly changed: ChangedItem[];
  toMake: number;
  reused: number;
}

/** Reads a file as ingest would and adds up its cost, streamed. Doesn't fetch references: their items count as missing. */
export async function planFile(
  effects: Planner,
  file: PromptFile,
  options: BatchOptions,
  callsAtOnce: number,
): Promise<PlanResult> {
  const opened = await openPrompts(file, options);
  if (opened.kind === 'problem') return opened;
  const budgets = await budgetsOf(effects, options);
  const planning: Planning = {
    effects,
    options,
    day: dayOfMs(effects.clock.now()),
    gatherer: planGatherer(await measureHistory(effects), budgets, PLANNED),
    comparison: await comparisonWithEarlier(effects, file.name),
    references: referencesOf(file),
    changed: [],
    toMake: 0,
    reused: 0,
  };
  const rejected = await addRecords(planning, opened.records());
  const plan = planOf(planning, rejected, callsAtOnce, await rateLimits(effects));
  return { kind: 'plan', plan: { ...plan, budgets: await judged(planning, budgets) } };
}

/** Adds up what the records of a file ask for; gives those that cannot be taken. */
async function addRecords(planning: Planning, records: AsyncIterable<FileRecord>): Promise<RejectedLine[]> {
  const rejected: RejectedLine[] = [];
  const refusalOf = createRefusals(planning.references);
  const read = createRecordReader(planning.effects, planning.options);
  const waiting: NumberedItem[] = [];
  for await (const record of records) {
    const row = read(record);
    if (!('items' in row)) {
      rejected.push(row);
      continue;
    }
    addEmbedded(planning.references, row.embedded);
    const refusal = refusalOf(row);
    if (refusal !== undefined) {
      rejected.push(refusal);
      continue;
    }
    for (const item of row.items)
      if (waiting.push(item) === LOOK_UPS) await addItems(planning, waiting.splice(0));
  }
  await addItems(planning, waiting);
  return rejected;
}

/** Looks up all of them at a time. */
async function addItems(planning: Planning, items: readonly NumberedItem[]): Promise<void> {
  const { effects, options, comparison, references } = planning;
  const contents = items.map((each) => contentOf(planning, each));
  const images = await Promise.all(
    contents.map((content) =>
      content === undefined || options.fresh ? undefined : findReusable(effects, content),
    ),
  );
  for (const [index, { spec }] of items.entries()) {
    const was = comparison.earlier(spec);
    if (images[index] !== undefined) {
      planning.reused += 1;
      continue;
    }
    planning.toMake += 1;
    if (was !== undefined) {
      planning.changed.push(await comparison.changeOf(was, withKeys(spec, references), contents[index]));
    }
    addCredits(planning, spec);
  }
}

/** Undefined if it is not known what the references are. */
function contentOf(
  { effects, references }: Planning,
  { spec, occurrence }: NumberedItem,
): ContentHash | undefined {
  const { prompt, messages, settings } = spec;
  const profile = findModel(effects.models, settings.model);
  if (profile === undefined) return undefined;
  const known: string[] = [];
  for (const written of spec.references) {
    const facts = references.get(written);
    if (facts === undefined || !('sha256' in facts)) return undefined;
    known.push(facts.sha256);
  }
  return contentHash({ prompt, messages, settings, profile, references: known, occurrence });
}

function addCredits({ effects, day, gatherer, options: { user } }: Planning, spec: ItemSpec): void {
  const { models, prices } = effects;
  const profile = findModel(models, spec.settings.model);
  if (profile === undefined) return;
  const price = priceOn(prices, spec.settings.model, day);
  const { prompt, messages, settings, references } = spec;
  const promptBytes = textBytes({ prompt, messages, settings, references, profile, plain: false });
  gatherer.add(user === undefined ? spec : { ...spec, user }, { profile, price, promptBytes });
}

function planOf(
  { gatherer, comparison, changed, toMake, reused }: Planning,
  rejected: readonly RejectedLine[],
  callsAtOnce: number,
  allLimits: readonly RateLimit[],
): Omit<Plan, 'budgets'> {
  const { workMs, ...credits } = gatherer.total();
  const gone = comparison.gone();
  const slots = Math.min(callsAtOnce, Math.max(1, toMake));
  const models = gatherer.models();
  const limits = allLimits.filter(({ model }) => models.some((planned) => planned.model === model));
  const limitedSeconds = limits.map(({ model, perMinute }) => {
    return ((models.find((planned) => planned.model === model)?.items ?? 0) / perMinute) * 60;
  });
  return {
    items: { new: toMake - changed.length, reused, changed: changed.length, gone: gone.length },
    changed,
    gone,
    rejected,
    models,
    credits,
    seconds: workMs === undefined ? undefined : Math.max(workMs / slots / 1_000, ...limitedSeconds),
    callsAtOnce,
    limits,
  };
}

async function budgetsOf({ table, clock }: Planner, { budgetMicro }: BatchOptions): Promise<Budget[]> {
  const shared = await readSharedBudgets(table);
  if (budgetMicro === undefined) return shared;
  const sinceMs = clock.now();
  return [...shared, { scope: batchScope(PLANNED), limitMicro: budgetMicro, state: 'open', sinceMs }];
}

async function judged({ effects, gatherer }: Planning, budgets: readonly Budget[]): Promise<PlannedBudget[]> {
  const available = new Map<Budget, number>();
  for (const budget of budgets) {
    const { spentMicro, heldMicro } = await statusOf(effects, budget);
    available.set(budget, Math.max(0, budget.limitMicro - spentMicro - heldMicro));
  }
  return gatherer.budgets((budget) => available.get(budget) ?? budget.limitMicro);
}
