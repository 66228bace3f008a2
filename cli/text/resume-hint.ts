import { isEmbedded, SIMULATED_STAGE } from '../stage-names.ts';
import { flagWithValue } from './hint-flags.ts';

/** `--stage NAME` or `--simulate`, unless the stage is the usual one. */
export function stageFlag(stage: string): string {
  if (stage === SIMULATED_STAGE) return ' --simulate';
  return isEmbedded(stage) ? '' : ` --stage ${stage}`;
}

/** As `stageFlag`, with the command line's home. */
export function stageAndHomeFlags(stage: string, argv: readonly string[]): string {
  const home = flagWithValue(argv, '--home');
  return `${stageFlag(stage)}${home === undefined ? '' : ` ${home}`}`;
}

/** Names who picks up the work: the stage's workers or, on this machine, the next command. Paused messages return in 5 min. */
export function whoResumes(
  stage: string,
  { mayChange }: { readonly mayChange: boolean },
  when: 'at once' | 'within 5 minutes',
): string {
  if (!isEmbedded(stage)) return `its workers resume ${when}`;
  // Another process works here too.
  if (mayChange) return `the running pressrun resumes ${when}`;
  return 'to resume: `pressrun run` of the same file, or `pressrun worker`';
}
