import type { PlannedBudget, PlannedModel } from '../../shared/domain/batch/plan.ts';
import {
  type CreditRate,
  costText,
  creditsText,
  dollarsText,
  rateText,
  tenthsText,
} from '../../shared/domain/money/money-text.ts';
import type { Plan } from '../../shared/pipeline/plan/plan.ts';
import { textTable } from './text-table.ts';

/** A plan by model, with its cost. */
export function planText(plan: Plan, rate: CreditRate): string {
  const { items, credits, models } = plan;
  const toMake = items.new + items.changed;
  const dollars = rate.kind === 'one' ? ['≈ $'] : [];
  const header = ['model', 'items', 'low', 'expected', 'high', ...dollars, 'expected from'];
  const cells = (of: Plan['credits']) => [...creditCells(of), ...dollarCells(of, rate)];
  const rows = models.map((model) => [model.model, model.items, ...cells(model), basisText(model)]);
  const total = ['total', toMake, ...cells(credits), ''];
  return [
    `items    ${countsText(plan)}`,
    ...(toMake === 0
      ? ['nothing to generate: no cost']
      : [
          textTable(header, models.length > 1 ? [...rows, total] : rows).trimEnd(),
          `credits, ${rateText(rate)}`,
          `time     ${timeText(plan)}`,
        ]),
    ...plan.budgets.map((budget) => budgetText(budget, rate)),
  ].join('\n');
}

function countsText({ items, rejected }: Plan): string {
  const more = [
    ...(items.changed > 0 ? [`${items.changed} changed`] : []),
    ...(items.gone > 0 ? [`${items.gone} removed`] : []),
  ];
  return [`${items.new} new`, `${items.reused} reused`, ...more, `${rejected.length} rejected`].join(' · ');
}

const UNKNOWN = 'unknown';

function creditCells({ lowMicro, expectedMicro, highMicro }: Plan['credits']): string[] {
  return [lowMicro, expectedMicro, highMicro].map(creditText);
}

/** Expected only: low and high are for budgets. */
function dollarCells({ expectedMicro }: Plan['credits'], rate: CreditRate): string[] {
  if (rate.kind === 'several') return [];
  return [
    expectedMicro === undefined ? UNKNOWN : dollarsText(expectedMicro, rate.usdPerCredit).slice('≈ $'.length),
  ];
}

/** To a tenth: a forecast is not exact. */
function creditText(micro: number | undefined): string {
  return micro === undefined ? UNKNOWN : tenthsText(micro);
}

function basisText({ basis, measuredItems }: PlannedModel): string {
  switch (basis) {
    case 'history':
      return `history (${measuredItems} items)`;
    case 'prices':
      return 'price list';
    case 'both':
      return `history (${measuredItems} items), price list`;
    case 'unknown':
      return 'no price is known';
  }
}

function timeText({ seconds, callsAtOnce, limits }: Plan): string {
  if (seconds === undefined) return 'unknown until this stage has generated some images';
  const minutes = seconds / 60;
  const about =
    minutes < 2
      ? `${Math.ceil(seconds)} s`
      : minutes < 120
        ? `${Math.ceil(minutes)} min`
        : `${(minutes / 60).toFixed(1)} h`;
  return `about ${about} with ${callsAtOnce} calls at once, as measured in this stage${limitText(limits)}`;
}

function limitText(limits: Plan['limits']): string {
  return limits.map(({ model, perMinute }) => `; ${model} takes ${perMinute} requests a minute`).join('');
}

function budgetText({ scope, limitMicro, availableMicro, verdict }: PlannedBudget, rate: CreditRate): string {
  const usdPerCredit = rate.kind === 'one' ? rate.usdPerCredit : undefined;
  const left = `${creditsText(availableMicro)} of ${costText(limitMicro, usdPerCredit)} left`;
  switch (verdict) {
    case 'fits':
      return `budget   ${scope}: fits (${left})`;
    case 'may-stop':
      return `budget   ${scope}: may stop it, if it costs more than expected (${left})`;
    case 'stops':
      return `budget   ${scope}: would stop it (${left})`;
    case 'unknown':
      return `budget   ${scope}: unknown whether it fits (${left})`;
  }
}
