import type { Command } from 'commander';
import type { Dashboard } from '../../../dashboard/server/start-dashboard.ts';
import type { Act, CommandContext } from '../../command.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { openInSystem } from '../../files/open-in-system.ts';
import { addHelp } from '../../flags/help.ts';
import { addSimulatorFlags, numberOf, type SimulatorFlags } from '../../flags/simulator-flags.ts';
import { dashboardHost, WORKERS_RUNNING, workersOnDemand } from '../../stage/dashboard-host.ts';
import { readOnlyConfig } from '../../stage/read-only-config.ts';
import { startRunSimulator } from '../../stage/run-simulator.ts';
import { serveDashboard } from '../../stage/serve-dashboard.ts';
import { isSimulated, type StageOptions } from '../../stage/stages.ts';
import { withStage } from '../../stage/with-stage.ts';
import { isEmbedded } from '../../stage-names.ts';
import { watchKeys } from './watch-keys.ts';

interface DashboardFlags extends StageOptions, SimulatorFlags {
  readonly port?: string;
  readonly open?: boolean;
  readonly apiOnly?: boolean;
}

/** `pressrun dashboard` */
export function defineDashboard(command: Command, act: Act): void {
  addHelp(command, HELP)
    .option('--open', 'Open the page in your browser')
    .option('--port <n>', 'Port on 127.0.0.1 [a free one]')
    .option('--api-only', 'Serve the JSON API without the page; prints its token');
  addSimulatorFlags(command).action(
    act(async (context, options: DashboardFlags) => await dashboard(context, options)),
  );
}

const HELP = {
  examples: `  $ pressrun dashboard --simulate --open            try it: free, no key
  $ pressrun dashboard --stage studio               a deployed stage
  $ pressrun dashboard --api-only --json            {"url","token"} for tools`,
  notes: `Shows batches with their images, picks, costs, provider, and schedules. Uses
your own credentials and listens on 127.0.0.1 only; the printed link works once
and becomes a cookie. Nothing is sent to the provider until you press a button
that says what it costs.

Keys in the terminal: l prints a new link, o opens it, q quits.`,
};

async function dashboard(context: CommandContext, options: DashboardFlags): Promise<ExitCode> {
  const port = options.port === undefined ? 0 : numberOf('--port', options.port);
  const config = await readOnlyConfig(context.out, options);
  const simulate = isSimulated(config, options);
  const simulated = simulate ? await startRunSimulator(options) : undefined;
  try {
    const stageOptions = { ...simulated?.effectOptions };
    return await withStage(config, 'look', stageOptions, async (stage) => {
      const embedded = isEmbedded(config.stage);
      const work = embedded ? workersOnDemand(stage, config, simulate) : WORKERS_RUNNING;
      const served = await serveDashboard(
        dashboardHost(stage, config, simulate, work),
        port,
        options.apiOnly,
      );
      try {
        announce(context, served, options);
        await untilInterrupted(context, served);
      } finally {
        await served.close();
        await work.stop();
      }
      return EXIT.ok;
    });
  } finally {
    await simulated?.close();
  }
}

function announce({ out }: CommandContext, served: Dashboard, options: DashboardFlags): void {
  if (options.apiOnly) {
    out.result(`API        ${served.url}/api/v1\nToken      ${served.token}`, {
      url: served.url,
      token: served.token,
    });
    return;
  }
  const link = served.newLink();
  out.result(`Dashboard  ${link}`, { url: served.url, link });
  out.say('Press l for a new link, o to open it, Ctrl-C to quit.');
  if (options.open) openInSystem(served.newLink());
}

async function untilInterrupted({ out, interrupted }: CommandContext, served: Dashboard): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  interrupted.addEventListener('abort', () => resolve(), { once: true });
  const keys = watchKeys(process.stdin, {
    l: () => out.say(`Dashboard  ${served.newLink()}`),
    o: () => openInSystem(served.newLink()),
    q: resolve,
    // In this mode Ctrl-C is a key, not a signal.
    '\u0003': resolve,
  });
  if (interrupted.aborted) resolve();
  await promise;
  keys.stop();
}
