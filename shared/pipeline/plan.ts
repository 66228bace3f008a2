import type { BatchOptions } from '../domain/batch.ts';
import { type Budget, batchScope } from '../domain/budget.ts';
import type { ItemSpec } from '../domain/item.ts';
import { batchIdOf } from '../domain/object-keys.ts';
import {
  type PlanGatherer,
  type PlannedBudget,
  type PlannedCredits,
  type PlannedModel,
  planGatherer,
} from '../domain/plan.ts';
import { priceOn } from '../domain/prices.ts';
import { detectFormat, readHead } from '../domain/prompt-file/detect-format.ts';
import { readRecords } from '../domain/prompt-file/read-records.ts';
import { rowToItems } from '../domain/prompt-file/row-to-items.ts';
import { textBytes } from '../provider/request-body.ts';
import { isoTime } from './attempt.ts';
import { readSharedBudgets, statusOf } from './budgets.ts';
import type { Effects } from './effects.ts';
import { measureHistory } from './history.ts';
import type { RejectedLine } from './rows/rejected-row.ts';
import type { PromptFile } from './submit.ts';

type Planner = Pick<Effects, 'table' | 'clock' | 'models' | 'prices'>;

/** What a file would make, and what it would cost; nothing is written or sent for it. */
export interface Plan {
  readonly items: { readonly new: number };
  readonly rejected: readonly RejectedLine[];
  readonly models: readonly PlannedModel[];
  readonly credits: PlannedCredits;
  /** With so many calls at once; undefined where too little was measured. */
  readonly seconds: number | undefined;
  readonly callsAtOnce: number;
  readonly budgets: readonly PlannedBudget[];
}

export type PlanResult =
  | { readonly kind: 'plan'; readonly plan: Plan }
  | { readonly kind: 'problem'; readonly message: string };

/** Stands for the batch that the file would be: its own budget is the one given with it. */
const PLANNED = batchIdOf('planned', '');

/** Reads a file as ingest would, and adds up what its items would cost. Streams: a file of any size is planned. */
export async function planFile(
  effects: Planner,
  file: PromptFile,
  options: BatchOptions,
  callsAtOnce: number,
): Promise<PlanResult> {
  const detected = detectFormat(await readHead(file.open()), file.name, options);
  if (detected.kind === 'problem') return detected;
  const budgets = await budgetsOf(effects, options);
  const gatherer = planGatherer(await measureHistory(effects), budgets, PLANNED);
  const taken = takenOnce();
  const rejected: RejectedLine[] = [];
  let made = 0;
  for await (const record of readRecords(file.open(detected.start.byte), detected.format, detected.start)) {
    const row = record.kind === 'row' ? rowToItems(record, options, effects.models) : record;
    const [first] = row.kind === 'items' ? row.items : [];
    const refusal = row.kind === 'items' ? taken.refusal(first) : row;
    if (refusal !== undefined || row.kind !== 'items') {
      const { column, reason } = refusal ?? { reason: '', column: undefined };
      rejected.push({
        row: record.row,
        line: record.line,
        reason,
        ...(column === undefined ? {} : { column }),
      });
      continue;
    }
    for (const spec of row.items) {
      addItem(effects, gatherer, spec);
      made += 1;
    }
  }
  const { workMs, ...credits } = gatherer.total();
  const available = await availableOf(effects, budgets);
  return {
    kind: 'plan',
    plan: {
      items: { new: made },
      rejected,
      models: gatherer.models(),
      credits,
      seconds: workMs === undefined ? undefined : workMs / Math.min(callsAtOnce, Math.max(1, made)) / 1_000,
      callsAtOnce,
      budgets: gatherer.budgets((budget) => available.get(budget) ?? budget.limitMicro),
    },
  };
}

function addItem(effects: Planner, gatherer: PlanGatherer, spec: ItemSpec): void {
  const { models, prices, clock } = effects;
  const profile = models.get(spec.settings.model);
  if (profile === undefined) return;
  const price = priceOn(prices, spec.settings.model, isoTime(clock.now()).slice(0, 10));
  const { prompt, settings } = spec;
  gatherer.add(spec, { profile, price, promptBytes: textBytes({ prompt, settings, profile, plain: false }) });
}

async function budgetsOf({ table, clock }: Planner, { budgetMicro }: BatchOptions): Promise<Budget[]> {
  const shared = await readSharedBudgets(table);
  if (budgetMicro === undefined) return shared;
  const own: Budget = {
    scope: batchScope(PLANNED),
    limitMicro: budgetMicro,
    state: 'open',
    sinceMs: clock.now(),
  };
  return [...shared, own];
}

async function availableOf(effects: Planner, budgets: readonly Budget[]): Promise<Map<Budget, number>> {
  const available = new Map<Budget, number>();
  for (const budget of budgets) {
    const { spentMicro, heldMicro } = await statusOf(effects, budget);
    available.set(budget, Math.max(0, budget.limitMicro - spentMicro - heldMicro));
  }
  return available;
}

/** Repeated ids, as ingest rejects them; it asks the table, a plan remembers. */
function takenOnce() {
  const ids = new Set<string>();
  return {
    refusal(item: ItemSpec | undefined): { readonly column: string; readonly reason: string } | undefined {
      if (item?.id === undefined) return undefined;
      if (ids.has(item.id))
        return { column: 'id', reason: `id "${item.id}" stands in an earlier row already` };
      ids.add(item.id);
      return undefined;
    },
  };
}
