import type { Command } from 'commander';
import { ITEM_FAILURE_CODES } from '../../../shared/domain/item/item.ts';
import { FINISHING_LEASE_MS } from '../../../shared/pipeline/finish/complete-batch.ts';
import { type RetryOnly, type RetryResult, retryBatch } from '../../../shared/pipeline/life/retry-batch.ts';
import type { Act } from '../../command.ts';
import { EXIT } from '../../exit-codes.ts';
import { addHelp } from '../../flags/help.ts';
import { SIMULATE } from '../../flags/simulator-flags.ts';
import { batchToChange } from '../../stage/chosen-batch.ts';
import type { OpenStage } from '../../stage/open-stage.ts';
import { readOnlyConfig } from '../../stage/read-only-config.ts';
import type { StageOptions } from '../../stage/stages.ts';
import { withStage } from '../../stage/with-stage.ts';
import { whoResumes } from '../../text/hints.ts';
import { UsageError } from '../../usage-error.ts';

interface RetryOptions extends StageOptions {
  readonly only?: string;
}

/** `pressrun retry BATCH` */
export function defineRetry(command: Command, act: Act): void {
  addHelp(command, HELP)
    .option('--only <code>', 'Only items that failed with this code, or `cancelled` ones')
    .option(...SIMULATE)
    .action(
      act(async ({ out }, text: string, options: RetryOptions) => {
        const only = options.only === undefined ? undefined : parseOnly(options.only);
        const config = await readOnlyConfig(out, options);
        return await withStage(config, 'look', {}, async (stage) => {
          const { effects } = stage.runtime;
          const batch = await batchToChange(effects, text);
          // In an embedded stage without a worker, the batch's finisher is dead.
          const isDeserted = stage.embedded !== undefined && !stage.mayChange;
          const endedByMs = isDeserted ? Number.MAX_SAFE_INTEGER : effects.clock.now();
          const { items, left } = retried(batch, await retryBatch(effects, batch, only, endedByMs));
          for (const [code, count] of Object.entries(left)) {
            out.say(`${count} of ${code} left alone: \`pressrun retry ${batch} --only ${code}\``);
          }
          out.result(`${batch}: ${retriedText(items, config.stage, stage)}`, { batch, items });
          return EXIT.ok;
        });
      }),
    );
}

const HELP = {
  examples: `  $ pressrun retry latest
  $ pressrun retry latest --only blocked
  $ pressrun retry latest --only cancelled`,
  notes: `Finished images stay. Items with an unknown outcome (\`unknown_outcome\`, with
PRESSRUN_UNKNOWN=hold) may have been billed: only \`--only unknown_outcome\` sends
them again. Codes are those that \`status\` lists under "failed".

Exit codes: 0 queued, or nothing had failed · 1 no such batch or code.`,
};

function retriedText(items: number, stage: string, open: OpenStage): string {
  if (items === 0) return 'no failed item to retry';
  const queued = `${items} ${items === 1 ? 'item' : 'items'} queued for retry`;
  return `${queued}; ${whoResumes(stage, open, 'at once')}`;
}

function parseOnly(text: string): RetryOnly {
  const codes: readonly RetryOnly[] = [...ITEM_FAILURE_CODES, 'cancelled'];
  const asked = text === 'unknown' ? 'unknown_outcome' : text;
  const found = codes.find((code) => code === asked);
  if (found !== undefined) return found;
  throw new UsageError(`--only: there is no failure "${text}"; there are ${codes.join(', ')}`);
}

function retried(batch: string, result: RetryResult | undefined): Extract<RetryResult, { kind: 'retried' }> {
  switch (result?.kind) {
    case 'retried':
      return result;
    case 'busy':
      throw new UsageError(`${batch} is being finished: try again in ${FINISHING_LEASE_MS / 1_000} seconds`);
    case 'cancelling':
      throw new UsageError(`${batch} is being cancelled: try again when \`pressrun status\` says complete`);
    case 'refused-file':
      throw new UsageError(`the file of ${batch} could not be read: correct it and submit it again`);
    case undefined:
      throw new Error(`${batch} was there a moment ago`);
  }
}
