import { runShare } from '../simulation/campaign.ts';

/** `node simulate.ts SECONDS SEED`: a campaign in this process; exit code 1 and a line of it at the first violation. */
const [, , seconds, firstSeed] = process.argv;
Error.stackTraceLimit = 0;
const share = { worker: 0, of: 1, firstSeed: Number(firstSeed), lifecycles: Number.POSITIVE_INFINITY };
const { failure, figures } = await runShare(
  { ...share, seconds: Number(seconds) },
  () => undefined,
  new AbortController().signal,
);
const [violation] = failure?.violations ?? [];
const what = violation === undefined ? 'nothing' : `${violation.invariant}: ${violation.message}`;
console.log(`${what}, after ${figures.lifecycles} lifecycles`);
process.exitCode = violation === undefined ? 0 : 1;
