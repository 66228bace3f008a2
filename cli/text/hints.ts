import { inShell } from '../../shared/domain/money/budget.ts';
import { isEmbedded, SIMULATED_STAGE } from '../stage-names.ts';

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

/** Commands that know no `--simulate`. */
export const WITHOUT_SIMULATE: ReadonlySet<string> = new Set([
  'prices',
  'config',
  'init',
  'key',
  'deploy',
  'diff',
  'destroy',
  'simulate',
]);

/** Adds the stage and home of this command line to commands in a message, so that they mean the same stage when pasted. */
export function hintCompleter(argv: readonly string[]): (message: string) => string {
  const stage = flagWithValue(argv, '--stage') ?? (argv.includes('--simulate') ? '--simulate' : undefined);
  const home = flagWithValue(argv, '--home');
  if (stage === undefined && home === undefined) return (message) => message;
  return (message) =>
    message.replaceAll(/`pressrun ([a-z-]+)[^`\n]*`/g, (hint, name: string) => {
      const missing = [
        ...(stage === undefined || /--(stage|simulate)\b/.test(hint) ? [] : [stage]),
        ...(home === undefined || hint.includes('--home') ? [] : [home]),
      ].filter((flag) => flag !== '--simulate' || !WITHOUT_SIMULATE.has(name));
      return [hint.slice(0, -1), ...missing].join(' ').concat('`');
    });
}

/** `--home FOLDER`, as it can be pasted; undefined if the command line has none. */
function flagWithValue(argv: readonly string[], flag: string): string | undefined {
  const at = argv.findIndex((word) => word === flag || word.startsWith(`${flag}=`));
  const word = argv[at];
  const value = word === flag ? argv[at + 1] : word?.slice(flag.length + 1);
  return value === undefined ? undefined : `${flag} ${inShell(value)}`;
}
