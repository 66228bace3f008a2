import type { Command } from 'commander';
import { creditsText } from '../../../shared/domain/money/money-text.ts';
import { budgetChanges } from '../../../shared/pipeline/money/set-budget.ts';
import type { BudgetChange } from '../../../shared/pipeline/rows/budget-row.ts';
import type { Act } from '../../command.ts';
import { EXIT } from '../../exit-codes.ts';
import { SIMULATE } from '../../flags/simulator-flags.ts';
import { readOnlyConfig } from '../../stage/read-only-config.ts';
import type { StageOptions } from '../../stage/stages.ts';
import { withLedger } from '../../stage/with-ledger.ts';
import { textTable } from '../../text/text-table.ts';
import { sendForecast } from './cost-forecast.ts';

/** `pressrun budget history [SCOPE]`: who set or lifted which limit, and when. */
export function defineHistory(budget: Command, act: Act): void {
  budget
    .command('history')
    .description('List who set or removed which limit, and when')
    .argument('[scope]', 'Only this scope')
    .option(...SIMULATE)
    .action(
      act(async ({ out }, scope: string | undefined, options: StageOptions) => {
        const config = await readOnlyConfig(out, options);
        const changes = await withLedger(config, async ({ table }) => {
          const read: BudgetChange[] = [];
          for await (const change of budgetChanges(table)) {
            if (scope === undefined || change.scope === scope) read.push(change);
          }
          return read;
        });
        out.result(changes.length === 0 ? 'no budget was ever changed' : historyText(changes), { changes });
        return EXIT.ok;
      }),
    );
}

/** `pressrun budget forecast`: when each budget will be reached. */
export function defineBudgetForecast(budget: Command, act: Act): void {
  budget
    .command('forecast')
    .description('Estimate when each budget will be reached')
    .option(...SIMULATE)
    .action(act(async (context, options: StageOptions) => await sendForecast(context, options, 'month')));
}

function historyText(changes: readonly BudgetChange[]): string {
  const rows = changes.map(({ at, who, scope, limitMicro, warnAt = [], atLimit = '' }) => [
    at.slice(0, 19).replace('T', ' '),
    who,
    scope,
    limitMicro === undefined ? 'removed' : creditsText(limitMicro),
    warnAt.join(','),
    atLimit,
  ]);
  return textTable(['when (UTC)', 'who', 'budget', 'limit', 'warns at %', 'at the limit'], rows);
}
