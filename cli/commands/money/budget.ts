import type { Command } from 'commander';
import {
  type BudgetScope,
  batchOfScope,
  parseBudgetScope,
  roomFor,
} from '../../../shared/domain/money/budget.ts';
import { formatCredits, parseCredits } from '../../../shared/domain/money/money.ts';
import { readBatch } from '../../../shared/pipeline/batch/batches.ts';
import type { Effects } from '../../../shared/pipeline/effects.ts';
import { waitingUpload } from '../../../shared/pipeline/finish/waiting-upload.ts';
import { budgetJson } from '../../../shared/pipeline/money/budget-json.ts';
import {
  type BudgetStatus,
  budgetStatuses,
  readBudget,
  statusOf,
} from '../../../shared/pipeline/money/budgets.ts';
import { removeBudget, setBudget } from '../../../shared/pipeline/money/set-budget.ts';
import type { Act } from '../../command.ts';
import { EXIT } from '../../exit-codes.ts';
import { SIMULATE } from '../../flags/simulator-flags.ts';
import { readOnlyConfig } from '../../stage/read-only-config.ts';
import { configOf, type StageOptions } from '../../stage/stages.ts';
import { withStage } from '../../stage/with-stage.ts';
import type { Output } from '../../text/output.ts';
import { textTable } from '../../text/text-table.ts';
import { UsageError } from '../../usage-error.ts';

/** `pressrun budget set SCOPE CREDITS` and `budget list`: what may be spent at most, and what is spent of it. */
export function defineBudget(budget: Command, act: Act): void {
  budget.addHelpText('after', HELP);
  defineSet(budget, act);
  defineList(budget, act);
}

const HELP = `
A scope is day, month (of UTC), tag:NAME=VALUE or batch:ID. Several may apply to a call; the tightest stops it.
Before each call, the most that it can cost is held in every budget that applies; what it did cost is booked after it.
Where the next call would not fit, the batch pauses, and goes on by itself when the budget is raised or its day or
month is over. Under any number of workers, what is booked and held never exceeds a budget.

Examples:
  $ pressrun budget set day 5000
  $ pressrun budget set tag:campaign=spring 20000
  $ pressrun budget set batch:postcards-ff7625fff6f2-e180da8c91 300
  $ pressrun budget set day none                   lift it
  $ pressrun budget list
  $ pressrun run prompts.csv --budget 300          the same for a batch from its start`;

function defineSet(budget: Command, act: Act): void {
  budget
    .command('set')
    .description('the most that may be spent in a scope; `none` lifts it')
    .argument('<scope>', 'day, month, tag:NAME=VALUE or batch:ID')
    .argument('<credits>', 'such as 5000, or none')
    .option(...SIMULATE)
    .addHelpText('after', HELP)
    .action(
      act(async ({ out }, scopeText: string, credits: string, options: StageOptions) => {
        const scope = scopeOf(scopeText);
        const limitMicro = limitOf(credits);
        return await withStage(configOf(options), 'look', {}, async ({ runtime: { effects } }) => {
          await requireBatch(effects, scope);
          if (limitMicro === undefined) await lift(effects, scope, out);
          else await limit(effects, scope, limitMicro, out);
          await sendLimit(effects, scope, out);
          return EXIT.ok;
        });
      }),
    );
}

async function lift({ table }: Effects, scope: BudgetScope, out: Output): Promise<void> {
  if (!(await removeBudget(table, scope))) out.say(`there was no budget ${scope}`);
}

async function limit(effects: Effects, scope: BudgetScope, limitMicro: number, out: Output): Promise<void> {
  const before = await readBudget(effects.table, scope);
  if (before === undefined) out.say(`adding up what ${scope} has spent so far…`);
  await setBudget(effects, scope, limitMicro);
}

/** Tells what the table says now: someone else may have set or lifted the same limit meanwhile. */
async function sendLimit(effects: Effects, scope: BudgetScope, out: Output): Promise<void> {
  const budget = await readBudget(effects.table, scope);
  if (budget === undefined) {
    out.result(`${scope}: no limit`, { scope, limitMicro: null });
    return;
  }
  const status = await statusOf(effects, budget);
  if (roomFor(1, budget.limitMicro, status).kind === 'reached')
    out.say(`${scope} has spent this much already: nothing more is begun in it`);
  out.result(listText([status]), budgetJson(status));
}

function defineList(budget: Command, act: Act): void {
  budget
    .command('list')
    .description('all budgets, with what is spent and held of each')
    .option(...SIMULATE)
    .addHelpText('after', HELP)
    .action(
      act(async ({ out }, options: StageOptions) => {
        const config = await readOnlyConfig(out, options);
        return await withStage(config, 'look', {}, async ({ runtime: { effects } }) => {
          const statuses = await budgetStatuses(effects);
          const none = 'no budgets: `pressrun budget set day 5000` sets one';
          out.result(statuses.length === 0 ? none : listText(statuses), {
            budgets: statuses.map(budgetJson),
          });
          return EXIT.ok;
        });
      }),
    );
}

function listText(statuses: readonly BudgetStatus[]): string {
  const rows = statuses.map(({ scope, account, limitMicro, spentMicro, heldMicro, state }) => [
    account,
    formatCredits(limitMicro),
    state === 'counting' ? 'counting…' : formatCredits(spentMicro),
    formatCredits(heldMicro),
    formatCredits(Math.max(0, limitMicro - spentMicro - heldMicro)),
    `${percent(spentMicro, limitMicro)} %`,
    account === (scope as string) ? 'for good' : scope,
  ]);
  return textTable(['budget', 'limit', 'spent', 'held', 'left', 'spent %', 'renewed each'], rows);
}

function percent(spentMicro: number, limitMicro: number): number {
  return limitMicro === 0 ? 100 : Math.floor((spentMicro / limitMicro) * 100);
}

function scopeOf(text: string): BudgetScope {
  const scope = parseBudgetScope(text);
  if (scope !== undefined) return scope;
  throw new UsageError(`"${text}" is no scope of a budget; there are day, month, tag:NAME=VALUE, batch:ID`);
}

function limitOf(text: string): number | undefined {
  if (text === 'none') return undefined;
  const micro = parseCredits(text);
  if (micro !== undefined) return micro;
  throw new UsageError(`"${text}" is no limit; write credits, such as 5000 or 0.5, or none`);
}

async function requireBatch(effects: Effects, scope: BudgetScope): Promise<void> {
  const batch = batchOfScope(scope);
  if (batch === undefined) return;
  const found = (await readBatch(effects.table, batch)) ?? (await waitingUpload(effects, batch));
  if (found !== undefined) return;
  throw new UsageError(
    `there is no batch "${batch}" in this stage: \`pressrun status\` lists those there are`,
  );
}
