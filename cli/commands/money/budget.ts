import type { Command } from 'commander';
import { creditRate } from '../../../shared/domain/configuration/credit-rate.ts';
import {
  type BudgetScope,
  type BudgetTerms,
  batchOfScope,
  LIMIT_ACTIONS,
  parseBudgetScope,
  roomFor,
} from '../../../shared/domain/money/budget.ts';
import {
  type CreditRate,
  creditsText,
  dollarsText,
  rateText,
} from '../../../shared/domain/money/money-text.ts';
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
import { amountOf } from '../../flags/amount.ts';
import { addHelp } from '../../flags/help.ts';
import { listByDefault } from '../../flags/list-by-default.ts';
import { SIMULATE } from '../../flags/simulator-flags.ts';
import { readOnlyConfig } from '../../stage/read-only-config.ts';
import { printPriceSource, type StageOptions, stageConfigOf } from '../../stage/stages.ts';
import { withStage } from '../../stage/with-stage.ts';
import type { Output } from '../../text/output.ts';
import { textTable } from '../../text/text-table.ts';
import { UsageError } from '../../usage-error.ts';
import { userName } from '../../user-name.ts';
import { defineBudgetForecast, defineHistory } from './budget-history.ts';

/** `pressrun budget set SCOPE CREDITS` and `budget list`: what may be spent at most, and what is spent of it. */
export function defineBudget(budget: Command, act: Act): void {
  addHelp(budget, HELP);
  defineSet(budget, act);
  defineList(budget, act);
  defineHistory(budget, act);
  defineBudgetForecast(budget, act);
}

const HELP = {
  examples: `  $ pressrun budget set day 5000
  $ pressrun budget set month '$50'             dollars, at the provider's rate
  $ pressrun budget set tag:campaign=spring 20000
  $ pressrun budget set batch:postcards-ff7625fff6f2-e180da8c91 300
  $ pressrun budget set day none                remove it
  $ pressrun budget set user:ann 2000 --warn-at 50,80,95
  $ pressrun budget set model:MODEL 9000 --at-limit tell
  $ pressrun budget list
  $ pressrun budget history                     who set what, and when
  $ pressrun budget forecast                    when each will be reached
  $ pressrun run prompts.csv --budget 300       the same for a new batch`,
  notes: `Scopes: day and month (UTC), tag:NAME=VALUE, user:NAME (who submitted),
model:NAME, provider:NAME, schedule:NAME, batch:ID. The tightest that applies
stops a call.
Before each call, pressrun reserves its maximum cost in every matching budget,
then records the actual cost and releases the rest: no number of workers can
overspend. If the next call doesn't fit, the batch pauses. It resumes when you
raise the budget, or when its day or month ends.`,
};

interface SetOptions extends StageOptions {
  readonly warnAt?: string;
  readonly atLimit?: string;
}

function budgetTerms({ warnAt, atLimit }: SetOptions): BudgetTerms {
  const action = atLimit === undefined ? undefined : LIMIT_ACTIONS.find((each) => each === atLimit);
  if (atLimit !== undefined && action === undefined) {
    throw new UsageError(`--at-limit is "${atLimit}"; there are ${LIMIT_ACTIONS.join(', ')}`);
  }
  if (warnAt !== undefined && !/^[1-9]\d{0,2}(,[1-9]\d{0,2})*$/.test(warnAt)) {
    throw new UsageError(`--warn-at is "${warnAt}"; it must be per cents with commas, such as 50,80,95`);
  }
  return {
    ...(warnAt !== undefined && { warnAt: warnAt.split(',').map(Number) }),
    ...(action !== undefined && { atLimit: action }),
  };
}

function defineSet(budget: Command, act: Act): void {
  addHelp(budget.command('set').description('Set the limit of a scope; `none` removes it'), HELP)
    .argument('<scope>', 'day, month, tag:NAME=VALUE, user:, model:, provider:, schedule:, or batch:ID')
    .argument('<amount>', "Credits or dollars: 5000, '$50', or none")
    .option('--warn-at <percents>', 'Tell when so many per cent are spent: 50,80,95 [80]')
    .option('--at-limit <action>', 'pause, or tell: only report it and continue [pause]')
    .option(...SIMULATE)
    .action(
      act(async ({ out }, scopeText: string, amount: string, options: SetOptions) => {
        const scope = scopeOf(scopeText);
        const terms = budgetTerms(options);
        const config = await stageConfigOf(options);
        printPriceSource(out, config);
        return await withStage(config, 'look', {}, async ({ runtime: { effects } }) => {
          const limitMicro = amount === 'none' ? undefined : amountOf('the limit', amount, effects);
          await requireBatch(effects, scope);
          requireConfigured(effects, scope);
          if (limitMicro === undefined) await lift(effects, scope, out);
          else await limit(effects, scope, limitMicro, terms, out);
          await sendLimit(effects, scope, out);
          return EXIT.ok;
        });
      }),
    );
}

async function lift(effects: Effects, scope: BudgetScope, out: Output): Promise<void> {
  if (!(await removeBudget(effects, scope, userName()))) out.say(`there is no budget ${scope}`);
}

async function limit(
  effects: Effects,
  scope: BudgetScope,
  limitMicro: number,
  terms: BudgetTerms,
  out: Output,
): Promise<void> {
  const before = await readBudget(effects.table, scope);
  if (before === undefined) out.say(`Adding up what was spent in ${scope} so far…`);
  await setBudget(effects, scope, limitMicro, { ...terms, who: userName() });
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
    out.say(`${scope} has already spent this much: no call in it starts`);
  if (budget.limitMicro === 0) out.say("the limit is 0; in a shell, dollars are quoted: '$50'");
  out.result(listText([status], creditRate(effects)), budgetJson(status));
}

function defineList(budget: Command, act: Act): void {
  addHelp(listByDefault(budget, 'List budgets with what is spent and reserved'), HELP)
    .option(...SIMULATE)
    .action(
      act(async ({ out }, options: StageOptions) => {
        const config = await readOnlyConfig(out, options);
        printPriceSource(out, config);
        return await withStage(config, 'look', {}, async ({ runtime: { effects } }) => {
          const statuses = await budgetStatuses(effects);
          const none = 'no budgets: `pressrun budget set day 5000` sets one';
          out.result(statuses.length === 0 ? none : listText(statuses, creditRate(effects)), {
            budgets: statuses.map(budgetJson),
          });
          return EXIT.ok;
        });
      }),
    );
}

function listText(statuses: readonly BudgetStatus[], rate: CreditRate): string {
  const dollars = (micro: number) =>
    rate.kind === 'one' ? [dollarsText(micro, rate.usdPerCredit).slice('≈ $'.length)] : [];
  const rows = statuses.map(({ scope, account, limitMicro, spentMicro, heldMicro, state }) => [
    account,
    creditsText(limitMicro),
    ...dollars(limitMicro),
    state === 'counting' ? 'counting…' : creditsText(spentMicro),
    ...dollars(spentMicro),
    creditsText(heldMicro),
    creditsText(Math.max(0, limitMicro - spentMicro - heldMicro)),
    `${percent(spentMicro, limitMicro)} %`,
    account === (scope as string) ? 'for good' : scope,
  ]);
  const beside = rate.kind === 'one' ? ['≈ $'] : [];
  const header = [
    'budget',
    'limit',
    ...beside,
    'spent',
    ...beside,
    'reserved',
    'left',
    'spent %',
    'renewed each',
  ];
  return `${textTable(header, rows)}${rateText(rate)}`;
}

function percent(spentMicro: number, limitMicro: number): number {
  return limitMicro === 0 ? 100 : Math.floor((spentMicro / limitMicro) * 100);
}

function scopeOf(text: string): BudgetScope {
  const scope = parseBudgetScope(text);
  if (scope !== undefined) return scope;
  throw new UsageError(
    `unknown budget scope "${text}"; use day, month, tag:NAME=VALUE, user:NAME, model:NAME, provider:NAME, schedule:NAME, batch:ID`,
  );
}

/** A budget of a model or provider that there is none of would never count anything. */
function requireConfigured({ models, providers }: Effects, scope: BudgetScope): void {
  const at = scope.indexOf(':');
  const [what, name] = [scope.slice(0, at), scope.slice(at + 1)];
  const known = what === 'model' ? models : what === 'provider' ? providers : undefined;
  if (known === undefined || known.has(name)) return;
  throw new UsageError(`there is no ${what} "${name}"; there are ${[...known.keys()].join(', ')}`);
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
