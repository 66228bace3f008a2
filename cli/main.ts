import { Command, CommanderError } from 'commander';
import { favourMemory } from '../shared/runtime/heap.ts';
import { version } from '../shared/version.ts';
import type { Act, CommandContext } from './command.ts';
import { COMMANDS } from './commands.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { GROUP, HELP_FORMAT } from './flags/help.ts';
import { watchInterrupts } from './stage/interrupts.ts';
import { hintCompleter } from './text/hints.ts';
import { oneLine, withCauses } from './text/one-line.ts';
import { createOutput, type Streams } from './text/output.ts';

/** Runs a command line and returns its exit code. Nothing else exits or catches all errors. */
export async function main(argv: readonly string[], streams: Streams = process): Promise<ExitCode> {
  const out = createOutput(streams, argv.includes('--json'), hintCompleter(argv));
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
    .description('Generate images from prompt files in bulk, and know what each one cost.')
    .optionsGroup(GROUP.global)
    .version(version(), '-V, --version', 'Print the version')
    .option('--stage <name>', 'A deployed stage, or local [local, or PRESSRUN_STAGE]')
    .option('--home <folder>', 'Data of the local stage [.pressrun, or PRESSRUN_HOME]')
    .option('--config <file>', 'Configuration file [the nearest pressrun.config.json]')
    .option('--json', 'Print the result as one JSON document')
    .option('--debug', 'Print a stack trace with an error')
    .helpOption('-h, --help', 'Print this help')
    .helpCommand(false)
    .configureHelp(HELP_FORMAT)
    .configureOutput({
      writeOut: (text) => void streams.stdout.write(text),
      writeErr: (text) => void streams.stderr.write(text),
      // main() prints mistakes.
      outputError: () => undefined,
    })
    .exitOverride()
    .addHelpText('after', HELP_END);
  // The program's options may be anywhere; the action gets them.
  program.hook('preAction', (_, command) => {
    for (const [name, value] of Object.entries(command.optsWithGlobals()))
      command.setOptionValue(name, value);
  });
  for (const { name, group, args, about, load } of COMMANDS) {
    const command = program.command(name).helpGroup(`${group}:`).description(about);
    for (const [argument, what] of args) command.argument(argument, what);
    if (argv.includes(name)) (await load())(command, act);
    inherit(program, command);
  }
  return program;
}

const HELP_END = `
Examples:
  $ pressrun run examples/postcards.csv --simulate   try it: free, no key
  $ pressrun run prompts.csv --budget 500            generate; rerun to resume
  $ pressrun status
  $ pressrun cost --by day,model

Environment:
  CORE_TODAY_API_KEY       Key of your api.core.today account, for real images
  PRESSRUN_PROVIDER_URL    Another server with the same API
  PRESSRUN_ITEMS_AT_ONCE   Calls in progress at a time [16]
  PRESSRUN_UNKNOWN         retry or hold items whose response was lost [retry]
  PRESSRUN_HOME, PRESSRUN_STAGE           Same as --home and --stage
  PRESSRUN_MODELS, PRESSRUN_PRICES        JSON files with models and prices
  PRESSRUN_LIMITS          Fixed rate limits of models, as JSON
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY       Proxies for the provider's calls
  NODE_EXTRA_CA_CERTS      PEM file of your organization's certificates
  AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3…  Compatible servers instead of AWS

Exit codes: 0 done · 1 error · 2 some images failed or were cancelled, or rows
were rejected · 3 paused, needs you · 130 interrupted; rerun to resume.
Run \`pressrun <command> --help\` for details.`;

/** Commands show the program's options and fail alike. */
function inherit(program: Command, command: Command): void {
  command.copyInheritedSettings(program);
  for (const option of program.options) {
    if (option.long !== '--version' && !command.options.some(({ long }) => long === option.long)) {
      command.addOption(option);
    }
  }
  for (const child of command.commands) inherit(program, child);
}

/** Help and version are no mistakes, and a bare `pressrun` has printed help. */
function explainUsage(error: CommanderError, say: (line: string) => void): ExitCode {
  if (error.exitCode === 0) return EXIT.ok;
  if (error.code !== 'commander.help') {
    say(`pressrun: ${oneLine(error).replace(/^error: |\.$/g, '')}; add --help to see how it is used`);
  }
  return EXIT.error;
}
