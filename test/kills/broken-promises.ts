import type { KillResult } from './kill-workers.ts';

/** What is not as it should be after a kill test: a line each. */
export function brokenPromises(result: KillResult): string[] {
  const { items, done, missing, calls, underWay, chargedTwice, otherCharges } = result;
  const lost = items - done;
  return [
    ...(lost > 0 ? [`${lost} items are not done`] : []),
    ...(missing > 0 ? [`${missing} images are not in the store as the table says`] : []),
    ...(chargedTwice > 0 ? [`${chargedTwice} items are not charged for exactly one image`] : []),
    ...(otherCharges > 0 ? [`${otherCharges} charges are neither of an image nor of unknown outcome`] : []),
    ...(calls - items > underWay
      ? [`${calls - items} calls more than items, but only ${underWay} were under way at the kills`]
      : []),
    ...result.disputes.map((dispute) => `ledger and bill differ: ${JSON.stringify(dispute)}`),
    ...(result.rollUpDifferences > 0
      ? [`${result.rollUpDifferences} roll-ups differ from their charges`]
      : []),
    ...(result.complaints === '' ? [] : [`a worker complained: ${result.complaints.slice(0, 500)}`]),
  ];
}
