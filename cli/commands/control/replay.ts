import type { Command } from 'commander';
import { type Replayed, replayBatch } from '../../../shared/pipeline/life/replay-batch.ts';
import type { Act } from '../../command.ts';
import { EXIT } from '../../exit-codes.ts';
import { addHelp } from '../../flags/help.ts';
import { SIMULATE } from '../../flags/simulator-flags.ts';
import { batchToChange } from '../../stage/chosen-batch.ts';
import { readOnlyConfig } from '../../stage/read-only-config.ts';
import type { StageOptions } from '../../stage/stages.ts';
import { withStage } from '../../stage/with-stage.ts';

/** `pressrun replay BATCH` */
export function defineReplay(command: Command, act: Act): void {
  addHelp(command, HELP)
    .option(...SIMULATE)
    .action(
      act(async ({ out }, name: string, options: StageOptions) => {
        const config = await readOnlyConfig(out, options);
        return await withStage(config, 'look', {}, async ({ runtime }) => {
          const { effects } = runtime;
          const batch = await batchToChange(effects, name);
          const answers = (await replayBatch(effects, batch)) ?? [];
          for (const line of answers.flatMap(stillLine)) out.say(line);
          const done = answers.filter(({ outcome }) => outcome === 'done').length;
          const still = answers.filter(({ outcome }) => outcome === 'still').length;
          const counts = `${answers.length} kept, ${done} became images, ${still} still unusable`;
          const text = answers.length === 0 ? 'no saved response without an image' : counts;
          out.result(`${batch}: ${text}`, { batch, done, still, answers });
          return still > 0 ? EXIT.incomplete : EXIT.ok;
        });
      }),
    );
}

const HELP = {
  examples: `  $ pressrun replay latest
  $ PRESSRUN_LINK_HOSTS='*.core.today,cdn.example.org' pressrun replay latest`,
  notes: `pressrun saves paid responses without a usable image under quarantine/<batch>/
in the object store. After a fix (a newer pressrun, a host added to
PRESSRUN_LINK_HOSTS), this parses them again. Items become done with the charge
recorded then, and the manifest is rewritten. Nothing is sent to the provider.

Exit codes: 0 all could be used · 1 no such batch · 2 some still can't be used;
each is listed with its reason.`,
};

function stillLine({ key, row, variant, outcome, message }: Replayed): string[] {
  if (outcome !== 'still') return [];
  const which = row === undefined ? key : `row ${row}${variant === 1 ? '' : `/${variant}`}`;
  return [`  ${which}: ${message ?? ''}`];
}
