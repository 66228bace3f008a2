import { once } from 'node:events';
import { type Command, Option } from 'commander';
import { startSimulator } from '../../../local/simulator/server.ts';
import { simulatorBanner, simulatorSummary } from '../../../local/simulator/summary.ts';
import { parseCredits } from '../../../shared/domain/money/money.ts';
import type { Act, GlobalOptions } from '../../command.ts';
import { EXIT } from '../../exit-codes.ts';
import { addHelp } from '../../flags/help.ts';
import { numberOf, type SimulatorFlags, simulatorOptionsOf } from '../../flags/simulator-flags.ts';
import { UsageError } from '../../usage-error.ts';

interface SimulateOptions extends GlobalOptions {
  readonly port: string;
  readonly profile: 'fine' | 'mixed';
  readonly latency: string;
  readonly seed: string;
  readonly rpm?: string;
  readonly key?: string;
  readonly credits?: string;
  readonly plain?: boolean;
}

/** `pressrun simulate` */
export function defineSimulate(command: Command, act: Act): void {
  addHelp(command, HELP)
    .option('--port <n>', 'Port on 127.0.0.1; 0 takes a free one', '0')
    .addOption(
      new Option('--profile <fine|mixed>', 'All fine, or every failure')
        .choices(['fine', 'mixed'])
        .default('fine'),
    )
    .option('--latency <ms>', 'Median latency in milliseconds', '300')
    .option('--seed <seed>', 'Seed for simulated responses', 'pressrun')
    .option('--rpm <n>', 'Hidden limit of calls a minute')
    .option('--key <key>', 'The only key it accepts [any that begins with cdt_]')
    .option('--credits <n>', 'Credits on the account; 402 when they are used up')
    .option('--plain', 'Plain pictures, for speed')
    .action(
      act(async ({ out, interrupted }, options: SimulateOptions) => {
        const creditsMicro = options.credits === undefined ? undefined : parseCredits(options.credits);
        if (options.credits !== undefined && creditsMicro === undefined) {
          throw new UsageError(
            `--credits is "${options.credits}"; it must be a number of credits such as 500`,
          );
        }
        const simulator = await startSimulator({
          ...simulatorOptionsOf(simulatorFlagsOf(options)),
          port: numberOf('--port', options.port),
          ...(options.key === undefined ? {} : { key: options.key }),
          ...(creditsMicro === undefined ? {} : { creditsMicro }),
          ...(options.plain ? { pictures: 'plain' as const } : {}),
        });
        out.result(simulatorBanner(simulator), { url: simulator.url, bill: `${simulator.origin}/bill` });
        if (!interrupted.aborted) await once(interrupted, 'abort');
        out.say(simulatorSummary(simulator));
        await simulator.close();
        return EXIT.ok;
      }),
    );
}

const HELP = {
  examples: `  $ pressrun simulate --port 8787 --profile mixed
  $ pressrun simulate --credits 500 --json      402 after some images
  $ curl -s http://127.0.0.1:8787/bill
  $ export PRESSRUN_PROVIDER_URL=http://127.0.0.1:8787/llm/gemini/v1beta/openai
  $ CORE_TODAY_API_KEY=cdt_x pressrun run prompts.csv`,
  notes: `Speaks the provider's API, keeps its own bill at /bill, and draws pictures that
show their prompt. Such runs are recorded like real ones in the stage they run
in; \`run --simulate\` keeps a separate ledger.`,
};

function simulatorFlagsOf({ profile, latency, seed, rpm }: SimulateOptions): SimulatorFlags {
  return {
    simProfile: profile,
    simLatency: latency,
    simSeed: seed,
    ...(rpm === undefined ? {} : { simRpm: rpm }),
  };
}
