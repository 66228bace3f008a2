import type { Accounts } from './accounts.ts';
import type { CommandKills } from './kill-commands.ts';
import type { KillResult } from './kill-workers.ts';

/** What is not as it should be after worker processes were killed: a line each. */
export function brokenPromises(result: KillResult): string[] {
  const { items, calls, underWay, complaints } = result;
  return [
    ...brokenAccounts(result),
    ...(calls - items > underWay
      ? [`${calls - items} calls more than items, but only ${underWay} were under way at the kills`]
      : []),
    ...(complaints === '' ? [] : [`a worker complained: ${complaints.slice(0, 500)}`]),
  ];
}

/** What is not as it should be after commands were killed: a line each. */
export function brokenByCommands(result: CommandKills): string[] {
  const { unexplainedCalls, badFiles, longestWaitMs, complaints } = result;
  return [
    ...brokenAccounts(result),
    ...(unexplainedCalls > 0 ? [`${unexplainedCalls} calls again though no worker was killed`] : []),
    ...(badFiles > 0 ? [`${badFiles} images are not downloaded as the table has them`] : []),
    ...(longestWaitMs > LONGEST_WAIT_MS
      ? [`nothing moved for ${(longestWaitMs / 1_000).toFixed(1)} s after a kill`]
      : []),
    ...complaints,
  ];
}

const LONGEST_WAIT_MS = 10_000;

function brokenAccounts(accounts: Accounts): string[] {
  const { items, done, missing, paidAgain, chargedTwice, otherCharges, rollUpDifferences } = accounts;
  const lost = items - done;
  return [
    ...(lost > 0 ? [`${lost} items are not done`] : []),
    ...(missing > 0 ? [`${missing} images are not in the store as the table says`] : []),
    ...(paidAgain > 0 ? [`${paidAgain} calls for what lay in the store`] : []),
    ...(chargedTwice > 0 ? [`${chargedTwice} items are not charged for exactly one image`] : []),
    ...(otherCharges > 0 ? [`${otherCharges} charges are neither of an image nor of unknown outcome`] : []),
    ...accounts.disputes.map((dispute) => `ledger and bill differ: ${JSON.stringify(dispute)}`),
    ...(rollUpDifferences > 0 ? [`${rollUpDifferences} roll-ups differ from their charges`] : []),
  ];
}
