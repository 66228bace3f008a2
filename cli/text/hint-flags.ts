import { inShell } from '../../shared/domain/money/budget.ts';

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
export function flagWithValue(argv: readonly string[], flag: string): string | undefined {
  const at = argv.findIndex((word) => word === flag || word.startsWith(`${flag}=`));
  const word = argv[at];
  const value = word === flag ? argv[at + 1] : word?.slice(flag.length + 1);
  return value === undefined ? undefined : `${flag} ${inShell(value)}`;
}
