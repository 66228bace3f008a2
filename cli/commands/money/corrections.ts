import type { Command } from 'commander';
import { formatCredits } from '../../../shared/domain/money/money.ts';
import { readCorrections, undoSettlement } from '../../../shared/pipeline/reconcile/corrections.ts';
import type { Correction } from '../../../shared/pipeline/rows/charge-row.ts';
import type { Act } from '../../command.ts';
import { EXIT } from '../../exit-codes.ts';
import { SIMULATE } from '../../flags/simulator-flags.ts';
import { readOnlyConfig } from '../../stage/read-only-config.ts';
import type { StageOptions } from '../../stage/stages.ts';
import { withLedger } from '../../stage/with-ledger.ts';
import { textTable } from '../../text/text-table.ts';
import { UsageError } from '../../usage-error.ts';
import { userName } from '../../user-name.ts';
import { settlementText } from './reconcile-text.ts';

/** `pressrun reconcile corrections`: the journal of what was settled by statements. */
export function defineCorrections(reconcile: Command, act: Act): void {
  reconcile
    .command('corrections')
    .description('List what statements settled, by whom, and why')
    .option(...SIMULATE)
    .action(
      act(async ({ out }, options: StageOptions) => {
        const config = await readOnlyConfig(out, options);
        const corrections = await withLedger(config, async ({ table }) => {
          const read: Correction[] = [];
          for await (const correction of readCorrections(table)) read.push(correction);
          return read;
        });
        out.result(correctionsText(corrections), { corrections });
        return EXIT.ok;
      }),
    );
}

/** `pressrun reconcile undo ID`: gives the charges of a settlement the figures that they had before. */
export function defineUndo(reconcile: Command, act: Act): void {
  reconcile
    .command('undo')
    .description('Take a settlement back')
    .argument('<settlement>', 'its id, from `pressrun reconcile corrections`')
    .option('--why <text>', 'a reason to keep with it')
    .option(...SIMULATE)
    .action(
      act(async ({ out }, id: string, { why = 'undone', ...options }: StageOptions & { why?: string }) => {
        const config = await readOnlyConfig(out, options);
        const author = { who: userName(), why };
        const undone = await withLedger(config, (ledger) => undoSettlement(ledger, id, author));
        if (undone === undefined) {
          throw new UsageError(
            `there is no settlement "${id}": \`pressrun reconcile corrections\` lists them`,
          );
        }
        out.result(settlementText(undone), undone);
        return EXIT.ok;
      }),
    );
}

function correctionsText(corrections: readonly Correction[]): string {
  if (corrections.length === 0) return 'no statement has settled anything yet\n';
  const header = ['settlement', 'calls', 'booked', 'who', 'why'];
  const rows = [...Map.groupBy(corrections, ({ settlement }) => settlement)].map(([settlement, made]) => {
    const [first] = made;
    const micro = made.reduce((sum, { before, after }) => sum + after.creditsMicro - before.creditsMicro, 0);
    const why = first?.undoes === undefined ? first?.why : `${first.why} (undoes ${first.undoes})`;
    return [settlement, made.length, formatCredits(micro), first?.who ?? '', why ?? ''];
  });
  return textTable(header, rows);
}
