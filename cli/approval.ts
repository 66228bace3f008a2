import { createInterface } from 'node:readline/promises';
import type { BatchOptions } from '../shared/domain/batch.ts';
import { formatCredits, parseCredits } from '../shared/domain/money.ts';
import type { Effects } from '../shared/pipeline/effects.ts';
import { planFile } from '../shared/pipeline/plan.ts';
import type { PromptFile } from '../shared/pipeline/submit.ts';
import type { Output } from './output.ts';
import { planText } from './plan-text.ts';
import { UsageError } from './usage-error.ts';

/** Reads `--approve-above`; throws `UsageError` where it is no amount. */
export function parseApproval(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const micro = parseCredits(text);
  if (micro === undefined) throw new UsageError(`--approve-above is "${text}"; write credits, such as 1000`);
  return micro;
}

export const APPROVAL_FLAG = [
  '--approve-above <credits>',
  'ask before more than that is spent by expectation (exit 3 where nobody can be asked)',
] as const;

/**
 * Whether a file may be submitted: at once where no more is expected than was approved, else where a person at the
 * terminal says so. What cannot be expected because a price is missing has to be approved too.
 */
export async function isApproved(
  effects: Effects,
  ask: { readonly file: PromptFile; readonly options: BatchOptions; readonly callsAtOnce: number },
  aboveMicro: number | undefined,
  out: Output,
): Promise<boolean> {
  if (aboveMicro === undefined) return true;
  const planned = await planFile(effects, ask.file, ask.options, ask.callsAtOnce);
  if (planned.kind === 'problem') throw new UsageError(planned.message);
  const { expectedMicro } = planned.plan.credits;
  if (expectedMicro !== undefined && expectedMicro <= aboveMicro) return true;
  out.say(planText(planned.plan));
  const limit = `the ${formatCredits(aboveMicro)} credits of --approve-above`;
  const why =
    expectedMicro === undefined
      ? `what it will cost is unknown, so it may be more than ${limit}`
      : `more is expected than ${limit}`;
  if (!process.stdin.isTTY) {
    out.say(`${why}, and nobody can be asked here: nothing was submitted; raise --approve-above to go on`);
    return false;
  }
  return await askPerson(`${why}. Go on? [y/N] `);
}

async function askPerson(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(question)).trim());
  } finally {
    terminal.close();
  }
}
