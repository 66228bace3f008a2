import {
  FAILURE_CODES,
  FAILURES,
  type FailureCode,
  type FailureFacts,
  LONGEST_RATE_WAIT_MS,
} from '../../shared/domain/calls/failure.ts';
import { FIRST_STREAK, NO_RECORD, streakLimit } from '../../shared/domain/calls/paid-record.ts';
import { MAX_BILLABLE_ATTEMPTS } from '../../shared/domain/item/retry.ts';

/** `docs/provider-answers.md`: what each failure code means, what pressrun does about it, and what it costs. */
export function providerAnswersPage(): string {
  const rows = FAILURE_CODES.map(
    (code) =>
      `| \`${code}\` | ${meansOf(FAILURES[code])} | ${action(FAILURES[code])} | ${cost(FAILURES[code])} |`,
  );
  const streaks = STREAKS_AFTER.map(
    ({ images, useless }) => `| ${images} | ${useless} | ${streakLimit({ ...NO_RECORD, images, useless })} |`,
  );
  return [TOP, ...rows, '', WAITS, STREAKS, ...streaks, '', END].join('\n');
}

const MINUTES = LONGEST_RATE_WAIT_MS / 60_000;
const meansOf = ({ meaning }: FailureFacts) => `The provider ${meaning}.`;
const STREAKS_AFTER = [
  { images: 0, useless: 0 },
  { images: 1, useless: 0 },
  { images: 100, useless: 0 },
  { images: 500, useless: 0 },
  { images: 9_500, useless: 500 },
];

function action({ remedy, pausesAfter, quarantined }: FailureFacts): string {
  const pause = pausesAfter === undefined ? '' : ` ${pausesAfter} running pause the model.`;
  const kept = quarantined ? ' Keeps the answer in `quarantine/`.' : '';
  return `${remedyText(remedy)}${pause}${kept}`;
}

function remedyText(remedy: FailureFacts['remedy']): string {
  switch (remedy.kind) {
    case 'operator':
      return `Pauses ${remedy.scope === 'model' ? 'the model' : "the provider's models"}. To resume: ${remedy.hint}.`;
    case 'wait':
      return 'Waits as long as it asks to, and calls again. Uses up no attempt.';
    case 'retry':
      return `Calls again ${times(remedy.retries)}; then the item fails.`;
    case 'final':
      return 'The item fails; the others continue.';
  }
}

function times(count: number): string {
  return count === 1 ? 'once' : `up to ${count} times`;
}

function cost({ billed }: FailureFacts): string {
  return billed === 'never' ? 'nothing' : 'what the answer says; unconfirmed if it says nothing';
}

const code = (name: FailureCode) => `\`${name}\``;

const TOP = `# What the provider may answer, and what pressrun does

\`npm run docs\` writes this page from the tables that the code itself reads.

A failed item's code stands in \`manifest.csv\`, in \`run --json\` under \`failures\`, and in the ledger. An answer that never
arrives may be billed: pressrun books it as unconfirmed with the most that it can have cost. An item is paid for at most
${MAX_BILLABLE_ATTEMPTS} times.

| code | meaning | what pressrun does | what it costs |
|---|---|---|---|`;

const WAITS = `## Waits

pressrun reads \`RetryInfo\`, \`retry-after-ms\`, \`Retry-After\` (seconds, a unit, a date, or an epoch), \`x-ratelimit-reset-*\`,
the IETF \`RateLimit\` fields, the same fields inside a body, and words such as "try again in 6m0s".

- Up to ${MINUTES} minutes it is ${code('rate_limit')}: all workers wait. In a wait of more than 90 seconds, one call goes through each
  minute. If the provider takes it, the wait is over.
- Beyond ${MINUTES} minutes it is ${code('quota')}: the model pauses, and \`run\`, \`status\`, and \`doctor\` say until when. A new \`run\`, or
  \`pressrun resume\`, ends the pause sooner.
`;

const STREAKS = `## Paid answers without an image

A model that has brought no image in a stage starts with one call at a time until the first image is in. It pauses after
${FIRST_STREAK} paid calls for nothing. Later it pauses when so many different items running cost something and bring nothing that
chance explains it less than once in a million.

| images so far | paid calls without one | items running that pause the model |
|---|---|---|`;

const END = `## One row that stops all others

An item that pauses its model twice, while others that were sent after it get their images, fails by its own code. For
${FAILURE_CODES.filter((name) => FAILURES[name].ownAfterPauses > 2)
  .map(code)
  .join(', ')} it takes three pauses: an account can change between two calls.

An answer of ${code('link_refused')} or ${code('type_refused')} is paid for once. When the host or the type is allowed, the next \`run\` reads the
kept answer again before it calls anybody. \`pressrun replay BATCH\` does the same without running the rest.
`;
