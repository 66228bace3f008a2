import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import type { Act, AddCommand, CommandContext } from './command.ts';
import { addCost } from './commands/cost.ts';
import { addDoctor } from './commands/doctor.ts';
import { addPrices } from './commands/prices.ts';
import { addRun } from './commands/run.ts';
import { addSimulate } from './commands/simulate.ts';
import { addStatus } from './commands/status.ts';
import { addSubmit } from './commands/submit.ts';
import { addWorker } from './commands/worker.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { oneLine } from './one-line.ts';
import { createOutput, type Streams } from './output.ts';

/** The commands, in the order in which `--help` lists them. */
const COMMANDS: readonly AddCommand[] = [
  addRun,
  addSubmit,
  addStatus,
  addWorker,
  addCost,
  addPrices,
  addDoctor,
  addSimulate,
];

/** Runs one command line and gives its exit code. Nothing else in the program exits or catches everything. */
export async function main(argv: readonly string[], streams: Streams = process): Promise<ExitCode> {
  const json = argv.includes('--json');
  const debug = argv.includes('--debug');
  const out = createOutput(streams, json);
  const interrupts = watchInterrupts((line) => out.say(line));
  let code: ExitCode = EXIT.ok;
  const act: Act =
    (run) =>
    async (...args) => {
      const context: CommandContext = { out, interrupted: interrupts.signal };
      code = await run(context, ...args);
    };
  try {
    await createProgram(act, streams).parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.error;
    out.say(`pressrun: ${oneLine(error)}`);
    if (debug) out.say(error instanceof Error ? describe(error) : '');
    return EXIT.error;
  } finally {
    interrupts.stop();
  }
}

function createProgram(act: Act, streams: Streams): Command {
  const program = new Command('pressrun')
    .description(
      'Turns files of prompts into images in your own bucket, and accounts for every credit they cost.',
    )
    .version(version(), '-V, --version')
    .option(
      '--stage <name>',
      'where to work: "local" on this machine, or the name of a stage (PRESSRUN_STAGE)',
    )
    .option('--home <folder>', 'where the local stage keeps its data (PRESSRUN_HOME, default .pressrun)')
    .option('--json', 'print the result as JSON on stdout')
    .option('--debug', 'print a stack trace with an error')
    .showHelpAfterError('(add --help for how to use it)')
    .configureOutput({
      writeOut: (text) => void streams.stdout.write(text),
      writeErr: (text) => void streams.stderr.write(text),
    })
    .exitOverride()
    .addHelpText('after', HELP_END);
  for (const add of COMMANDS) add(program, act);
  for (const command of program.commands) inherit(program, command);
  return program;
}

const HELP_END = `
Examples:
  $ pressrun run examples/postcards.csv --simulate   try it out: no key, no cost
  $ pressrun run prompts.csv                         make the images; run it again to resume
  $ pressrun status                                  what there is, and how far it is
  $ pressrun cost --by day,model                     what it cost

Exit codes: 0 all well · 1 error · 2 finished, but items failed or rows were rejected · 3 paused, a person
must help · 130 interrupted, the same command resumes.`;

/** Subcommands take the program's options too, wherever they stand on the line, and fail in its way. */
function inherit(program: Command, command: Command): void {
  command.copyInheritedSettings(program);
  for (const option of program.options) {
    if (option.long !== '--version' && !command.options.some(({ long }) => long === option.long)) {
      command.addOption(option);
    }
  }
  for (const child of command.commands) inherit(program, child);
}

/** The first Ctrl-C lets calls under way finish, because they are paid for; the second ends at once. */
function watchInterrupts(say: (line: string) => void): { signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort();
    say('\nstopping: calls under way are paid for, so they are waited for; Ctrl-C again ends at once');
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return { signal: controller.signal, stop: () => process.off('SIGINT', onSignal).off('SIGTERM', onSignal) };
}

function describe(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${describe(error.cause)}` : '';
  return `${error.stack ?? error.message}${cause}`;
}

function version(): string {
  const candidates = ['../package.json', '../../package.json'].map((path) => new URL(path, import.meta.url));
  for (const candidate of candidates) {
    try {
      const { name, version: found } = JSON.parse(readFileSync(candidate, 'utf8'));
      if (name === 'pressrun') return found;
    } catch {}
  }
  return 'unknown';
}
