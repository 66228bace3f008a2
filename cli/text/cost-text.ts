import type { ComparedLine, CostComparison } from '../../shared/domain/money/cost-comparison.ts';
import type { CostAmounts } from '../../shared/domain/money/cost-report.ts';
import type { CostFigures, CostStatement } from '../../shared/domain/money/cost-statement.ts';
import { formatCredits } from '../../shared/domain/money/money.ts';
import { creditsText } from '../../shared/domain/money/money-text.ts';
import type { CostVerification } from '../../shared/pipeline/money/cost.ts';
import type { Recomputation } from '../../shared/pipeline/money/recompute-cost.ts';
import { textTable } from './text-table.ts';

const TOKENS = ['input', 'text', 'image tokens'];

/** A statement as a table, with what its figures mean below; all figures are in JSON and CSV. */
export function costReportText(statement: CostStatement, withTokens = false): string {
  const { by, rows, total, leftOut = 0 } = statement;
  if (rows.length === 0) return nothingSpent(statement);
  const shows: Shows = {
    tokens: withTokens,
    attempts: total.attempts !== total.images,
    unknown: total.unknownMaxMicro > 0,
  };
  const lines = rows.map((row) => [
    ...by.map((dimension) => row[dimension] || '(none)'),
    ...cellsOf(row, shows),
  ]);
  const ofTotal = ['total', ...by.map(() => '')].slice(0, by.length);
  const more = leftOut === 0 ? '' : `and ${leftOut} more lines, which are in the total\n`;
  return `${textTable([...by, ...columnsOf(shows)], [...lines, [...ofTotal, ...cellsOf(total, shows)]])}${more}${footOf(statement)}`;
}

/** Columns that are left out where they say nothing. */
interface Shows {
  readonly tokens: boolean;
  readonly attempts: boolean;
  readonly unknown: boolean;
}

function columnsOf({ tokens, attempts, unknown }: Shows): string[] {
  return [
    'images',
    ...(attempts ? ['calls'] : []),
    ...(tokens ? TOKENS : []),
    'credits',
    '≈ $',
    'per image',
    'waste %',
    ...(unknown ? ['unknown max'] : []),
  ];
}

/** Two windows beside each other. */
export function comparisonText({ from, to, before, by, tz, rows, total }: CostComparison): string {
  const header = [...by, 'credits', 'before', 'difference', '%'];
  const ofTotal = ['total', ...by.map(() => '')].slice(0, by.length);
  const lines = [
    ...rows.map((row) => [...by.map((dimension) => row[dimension] || '(none)'), ...comparedCells(row)]),
    [...ofTotal, ...comparedCells(total)],
  ];
  return `${textTable(header, lines)}credits: ${from} to ${to}; before: ${before.from} to ${before.to}; days in ${tz}`;
}

function comparedCells({ creditsMicro, beforeMicro, differenceMicro, change }: ComparedLine): string[] {
  return [
    creditsText(creditsMicro),
    creditsText(beforeMicro),
    creditsText(differenceMicro),
    change === null ? '-' : (change * 100).toFixed(1),
  ];
}

export function nothingSpent({ from, to, tz }: CostStatement): string {
  return `nothing was spent from ${from} to ${to} (days in ${tz})`;
}

function footOf({ tz, source, usdPerCredit, rows, total }: CostStatement): string {
  const rates = new Set(rows.map((row) => row.usdPerCredit));
  const at = rates.size > 1 ? "at each provider's rate" : `at ${usdPerCredit} a credit`;
  return [`days in ${tz}, from ${source}; ≈ $ ${at}, actual charges may vary`, ...statedText(total)].join(
    '\n',
  );
}

/** Prices that are right differ from what a provider states by its rounding alone. */
const ROUNDING_SHARE = 0.001;

/** A line where what providers state of calls is not what is recorded for them. */
function statedText({ statedMicro, statedForMicro }: CostAmounts): string[] {
  const difference = statedMicro - statedForMicro;
  if (Math.abs(difference) <= ROUNDING_SHARE * Math.max(statedMicro, statedForMicro)) return [];
  const percent = statedForMicro === 0 ? '' : ` (${((difference / statedForMicro) * 100).toFixed(1)} %)`;
  return [
    `the provider states ${formatCredits(statedMicro)} credits for calls that are booked at ${formatCredits(statedForMicro)}${percent}: check its prices in pressrun.config.json`,
  ];
}

function cellsOf(
  amounts: CostAmounts & CostFigures,
  { tokens, attempts, unknown }: Shows,
): (string | number)[] {
  const { inputTokens, textTokens, imageTokens } = amounts;
  return [
    ...[amounts.images, ...(attempts ? [amounts.attempts] : [])].map(countText),
    ...(tokens ? [inputTokens, textTokens, imageTokens] : []).map(countText),
    creditsText(amounts.creditsMicro),
    amounts.usdApprox.toFixed(amounts.usdApprox < 1 ? 4 : 2),
    amounts.creditsMicroPerImage === null ? '-' : creditsText(amounts.creditsMicroPerImage),
    amounts.wasteShare === null ? '-' : (amounts.wasteShare * 100).toFixed(1),
    ...(unknown ? [creditsText(amounts.unknownMaxMicro)] : []),
  ];
}

function countText(count: number): string {
  return count.toLocaleString('en-US');
}

/** What `cost verify` found. */
export function verificationText({ from, to, charges, creditsMicro, differences }: CostVerification): string {
  const sum = `${charges} charges from ${from} to ${to}, ${formatCredits(creditsMicro)} credits`;
  if (differences.length === 0) return `Verified ${sum}: all totals match`;
  const lines = differences.map(({ day, model, batch, outcome, rollUp, charges: summed }) => {
    const [ours, theirs] = [rollUp, summed].map((amounts) => formatCredits(amounts.creditsMicro));
    return `  ${day} ${model} ${batch} ${outcome}: roll-up ${ours}, charges ${theirs}`;
  });
  return [`${sum}; ${differences.length} roll-ups differ:`, ...lines].join('\n');
}

/** What `cost recompute` found. */
export function recomputationText(recomputation: Recomputation): string {
  const { from, to, price, model, rows, total, others } = recomputation;
  if (rows.length === 0) return `no charge of ${model} from ${from} to ${to}`;
  const header = ['booked at', 'charges', 'unknown', 'credits', `at ${price}`, 'difference'];
  const lines = [...rows, { price: 'total', ...total }].map((line) => [
    line.price,
    line.charges,
    line.unknown,
    ...[line.creditsMicro, line.recomputedMicro, line.differenceMicro].map(formatCredits),
  ]);
  const apart = others === 0 ? '' : ` ${others} charges of other models are not in here.`;
  return `${textTable(header, lines)}${model}, ${from} to ${to}: nothing was changed.${apart}`;
}
