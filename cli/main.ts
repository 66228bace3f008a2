import { Command, CommanderError } from 'commander';
import { favourMemory } from '../shared/runtime/heap.ts';
import type { Act, CommandContext } from './command.ts';
import { COMMANDS } from './commands.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { watchInterrupts } from './stage/interrupts.ts';
import { oneLine, withCauses } from './text/one-line.ts';
import { createOutput, type Streams } from './text/output.ts';
import { version } from './version.ts';

/** Runs one command line and gives its exit code. Nothing else in the program exits or catches everything. */
export async function main(argv: readonly string[], streams: Streams = process): Promise<ExitCode> {
  const out = createOutput(streams, argv.includes('--json'));
  const interrupts = watchInterrupts();
  let code: ExitCode = EXIT.ok;
  const act: Act =
    (run) =>
    async (...args) => {
      const context: CommandContext = { out, argv, interrupted: interrupts.signal };
      favourMemory();
      code = await run(context, ...args);
    };
  try {
    const program = await createProgram(argv, act, streams);
    await program.parseAsync([...argv], { from: 'user' });
    await out.flushed();
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return explainUsage(error, (line) => out.say(line));
    out.say(`pressrun: ${oneLine(error)}`);
    if (argv.includes('--debug')) out.say(withCauses(error));
    return EXIT.error;
  } finally {
    interrupts.stop();
  }
}

async function createProgram(argv: readonly string[], act: Act, streams: Streams): Promise<Command> {
  const program = new Command('pressrun')
    .description(
      'Turns files of prompts into images in your own bucket, and accounts for every credit they cost.',
    )
    .version(version(), '-V, --version')
    .option(
      '--stage <name>',
      'where to work: "local" on this machine, or the name of a stage (default: PRESSRUN_STAGE, or local)',
    )
    .option(
      '--home <folder>',
      'where the local stage keeps its data (default: PRESSRUN_HOME, or .pressrun in this folder)',
    )
    .option(
      '--config <file>',
      'configuration file (default: PRESSRUN_CONFIG, or the nearest pressrun.config.json upwards)',
    )
    .option('--json', 'print the result as one JSON document on stdout, and no progress')
    .option('--debug', 'print a stack trace with an error')
    .configureOutput({
      writeOut: (text) => void streams.stdout.write(text),
      writeErr: (text) => void streams.stderr.write(text),
      // A mistake is told in our own line.
      outputError: () => undefined,
    })
    .exitOverride()
    .addHelpText('after', HELP_END);
  // Options of the program may stand anywhere on the line; the program hears them, the action is told.
  program.hook('preAction', (_, command) => {
    for (const [name, value] of Object.entries(command.optsWithGlobals()))
      command.setOptionValue(name, value);
  });
  for (const { name, args, about, load } of COMMANDS) {
    const command = program.command(name).description(about);
    for (const [argument, what] of args) command.argument(argument, what);
    if (argv.includes(name)) (await load())(command, act);
    inherit(program, command);
  }
  return program;
}

const HELP_END = `
Examples:
  $ pressrun run examples/postcards.csv --simulate   try it out: no key, no cost
  $ pressrun run prompts.csv                         make the images; run it again to resume
  $ pressrun status                                  what there is, and how far it is
  $ pressrun cost --by day,model                     what it cost

Environment:
  CORE_TODAY_API_KEY       the key of your account at api.core.today; needed to make images for real
  PRESSRUN_PROVIDER_URL    another address that speaks the same dialect, such as that of \`pressrun simulate\`
  PRESSRUN_ITEMS_AT_ONCE   calls under way at a time (default 16)
  PRESSRUN_UNKNOWN         retry (default) or hold: what becomes of an item whose answer was lost
  PRESSRUN_HOME, PRESSRUN_STAGE              as --home and --stage
  PRESSRUN_MODELS, PRESSRUN_PRICES           JSON files with models and prices of your own
  PRESSRUN_LIMITS          limits of models that are not to be learnt, as JSON (README, Environment)
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY          proxies for the provider's calls and image links
  NODE_EXTRA_CA_CERTS                        PEM file of your organization's certificate authority
  AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_<NAME>  AWS-compatible servers in place of AWS

Exit codes: 0 all well · 1 error · 2 finished, but items failed (or were cancelled), or rows were rejected ·
3 paused, a person must help · 130 interrupted, the same command resumes.
\`pressrun <command> --help\` tells of one command.`;

/** Commands show the program's options too, and fail in its way. */
function inherit(program: Command, command: Command): void {
  command.copyInheritedSettings(program);
  for (const option of program.options) {
    if (option.long !== '--version' && !command.options.some(({ long }) => long === option.long)) {
      command.addOption(option);
    }
  }
  for (const child of command.commands) inherit(program, child);
}

/** Help and version are no mistakes, and a bare `pressrun` has printed its help already. */
function explainUsage(error: CommanderError, say: (line: string) => void): ExitCode {
  if (error.exitCode === 0) return EXIT.ok;
  if (error.code !== 'commander.help') {
    say(`pressrun: ${oneLine(error).replace(/^error: /, '')}; add --help to see how it is used`);
  }
  return EXIT.error;
}
