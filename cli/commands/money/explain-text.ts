import { formatCredits } from '../../../shared/domain/money/money.ts';
import { dollarsText } from '../../../shared/domain/money/money-text.ts';
import type { USAGE_BASES } from '../../../shared/domain/money/usage.ts';
import type { ExplainedItem } from '../../../shared/pipeline/money/explain-cost.ts';
import { textTable } from '../../text/text-table.ts';

type ExplainedAttempt = ExplainedItem['attempts'][number];
type ExplainedCharge = NonNullable<ExplainedAttempt['explained']>;

/** How the images of a row came to their cost, to be checked with a calculator. */
export function explainText(items: readonly ExplainedItem[]): string {
  return items.map(itemText).join('\n');
}

function itemText({ item, attempts, earlierMicro }: ExplainedItem): string {
  const { batch, row, variant, state, creditsMicro, creditsMaxUnknownMicro } = item;
  const head = `${batch} row ${row}${variant === 1 ? '' : `, image ${variant}`}: ${state.kind}`;
  const earlier = earlierMicro === 0 ? [] : [`earlier attempts: ${formatCredits(earlierMicro)} credits`];
  const unknown =
    creditsMaxUnknownMicro === 0
      ? ''
      : `, and up to ${formatCredits(creditsMaxUnknownMicro)} more that the provider may bill`;
  const none =
    state.kind === 'reused'
      ? [`  an image of ${state.madeFor.batch} row ${state.madeFor.row} was reused: nothing was called`]
      : attempts.length === 0
        ? ['  nothing was called yet']
        : [];
  const total = `total: ${formatCredits(creditsMicro)} credits${unknown}`;
  return [head, ...none, ...attempts.map(attemptText), ...earlier, total, ''].join('\n');
}

function attemptText({ at, outcome, explained }: ExplainedAttempt, index: number): string {
  const head = `\nattempt ${index + 1}, ${at.slice(0, 19).replace('T', ' ')} UTC: ${explained?.charge.outcome ?? outcome}`;
  return explained === undefined ? `${head}, not billed` : `${head}\n${chargeText(explained)}`;
}

function chargeText(explained: ExplainedCharge): string {
  const { charge, price, lines, wasteMicro, unknownMaxMicro } = explained;
  const from = price === undefined ? 'not in the price list any more' : `from ${price.from}, ${price.source}`;
  const cells = lines.map(({ kind, tokens, microPerToken, creditsMicro }) => [
    kind,
    tokens,
    '×',
    microPerToken === undefined ? '?' : formatCredits(microPerToken),
    '=',
    creditsMicro === undefined ? '?' : formatCredits(creditsMicro),
  ]);
  const sum = ['credits', '', '', '', '', formatCredits(charge.creditsMicro)];
  return [
    `  ${charge.model} at ${charge.provider}${charge.size === undefined ? '' : `, ${charge.size}`}`,
    `  usage as answered: ${usageText(charge.usage)}`,
    `  split: ${SPLITS[charge.split.basis]}${charge.split.flags.map((flag) => `; ${flag}`).join('')}`,
    `  price: ${charge.price} (${from})`,
    indented(textTable(['tokens', '', '', 'credits a token', '', 'credits'], [...cells, sum])),
    `  ${dollarsText(charge.creditsMicro, charge.rate)} at ${charge.rate} a credit`,
    ...(charge.costUsd === undefined ? [] : [`  the provider states $${charge.costUsd}`]),
    ...(wasteMicro === 0 ? [] : [`  waste: it brought no image that is kept`]),
    ...(unknownMaxMicro === 0
      ? []
      : [
          `  the provider may bill up to ${formatCredits(unknownMaxMicro)} credits more: \`pressrun reconcile\``,
        ]),
  ].join('\n');
}

const SPLITS: Readonly<Record<(typeof USAGE_BASES)[number], string>> = {
  reported: 'reported: the provider says how many tokens are of images',
  estimated: "estimated: the image's tokens by its pixels, from the table of its model; the rest is text",
  derived: 'derived: there is no image, so all output is text',
  assumed: "assumed: the response has no usage; the image's tokens by its pixels, and a flat amount of text",
};

function usageText(usage: ExplainedCharge['charge']['usage']): string {
  const counts = Object.entries(usage ?? {}).filter(([, value]) => value !== undefined);
  return counts.length === 0 ? 'none' : counts.map(([name, value]) => `${name} ${value}`).join(', ');
}

function indented(table: string): string {
  return table
    .trimEnd()
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
}
