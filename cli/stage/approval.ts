import type { BatchOptions } from '../../shared/domain/batch/batch.ts';
import { creditRate, usdPerCreditOf } from '../../shared/domain/configuration/credit-rate.ts';
import { costText } from '../../shared/domain/money/money-text.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import type { PromptFile } from '../../shared/pipeline/ingest/submit.ts';
import { planFile } from '../../shared/pipeline/plan/plan.ts';
import type { Config } from '../../shared/runtime/config.ts';
import type { CommandContext } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { amountOf } from '../flags/amount.ts';
import { planText } from '../text/plan-text.ts';
import { askYesNo } from '../text/yes-no.ts';
import { UsageError } from '../usage-error.ts';
import { endingAtOnce } from './interrupts.ts';

/** Throws `UsageError` if it is no amount. */
export function parseApproval(
  text: string | undefined,
  config: Pick<Config, 'providers' | 'models'>,
): number | undefined {
  return text === undefined ? undefined : amountOf('--approve-above', text, config);
}

export const APPROVAL_FLAG = [
  '--approve-above <amount>',
  'Ask first if the estimate is higher (exit 3 if declined or no terminal)',
] as const;

/**
 * The exit code if the command may not submit its file, undefined if it may: the estimate is approved, or you confirm
 * it at the terminal. A batch without a price always needs approval.
 */
export async function refusalOf(
  effects: Effects,
  ask: { readonly file: PromptFile; readonly options: BatchOptions; readonly callsAtOnce: number },
  aboveMicro: number | undefined,
  { out, interrupted }: CommandContext,
): Promise<ExitCode | undefined> {
  if (aboveMicro === undefined) return undefined;
  const planned = await endingAtOnce(interrupted, () =>
    planFile(effects, ask.file, ask.options, ask.callsAtOnce),
  );
  if (planned.kind === 'problem') throw new UsageError(planned.message);
  const { expectedMicro } = planned.plan.credits;
  if (expectedMicro !== undefined && expectedMicro <= aboveMicro) return undefined;
  const rate = creditRate(effects);
  out.say(planText(planned.plan, rate));
  const why = whyAsked(expectedMicro, aboveMicro, usdPerCreditOf(effects));
  const terminal = { input: process.stdin, output: process.stderr };
  // A question in a file can't be answered.
  if (!terminal.input.isTTY || !terminal.output.isTTY) {
    out.say(`${why}, and there is no terminal to ask: nothing was submitted; raise --approve-above`);
    return EXIT.paused;
  }
  const answer = await askYesNo(`${why}. Go on? [y/N] `, terminal, interrupted);
  if (answer === 'yes') return undefined;
  out.say('nothing was submitted');
  return answer === 'no' ? EXIT.paused : EXIT.interrupted;
}

function whyAsked(
  expectedMicro: number | undefined,
  aboveMicro: number,
  usdPerCredit: number | undefined,
): string {
  const above = costText(aboveMicro, usdPerCredit);
  return expectedMicro === undefined
    ? `what it will cost is unknown, so it may be more than the ${above} of --approve-above`
    : `${costText(expectedMicro, usdPerCredit)} are expected, more than the ${above} of --approve-above`;
}
