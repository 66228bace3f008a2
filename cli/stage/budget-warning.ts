import { inShell } from '../../shared/domain/money/budget.ts';
import { formatCredits } from '../../shared/domain/money/money.ts';
import type { PipelineEvent } from '../../shared/pipeline/effects.ts';
import { stageFlag } from '../text/hints.ts';

type NearlySpent = Extract<PipelineEvent, { kind: 'budget-nearly-spent' }>;

/** Prints a line when a budget is nearly spent, once for each limit, so that you can raise it before work pauses. */
export function budgetWarningReporter(
  stage: string,
  say: (line: string) => void,
): (event: PipelineEvent) => void {
  return (event) => {
    if (event.kind === 'budget-nearly-spent') say(lineOf(event, stage));
  };
}

function lineOf({ scope, account, spentMicro, limitMicro, atLimit }: NearlySpent, stage: string): string {
  const beyond = atLimit === 'tell' ? 'Work continues beyond it. ' : '';
  return (
    `Budget ${account} is ${Math.floor((100 * spentMicro) / limitMicro)}% spent (${formatCredits(spentMicro)} of ` +
    `${formatCredits(limitMicro)} credits). ${beyond}To raise it: \`pressrun budget set ${inShell(scope)} CREDITS${stageFlag(stage)}\``
  );
}
