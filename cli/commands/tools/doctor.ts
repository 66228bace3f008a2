import { statfs } from 'node:fs/promises';
import type { Command } from 'commander';
import { readBackpressure } from '../../../shared/pipeline/rate/backpressure.ts';
import { readPauses } from '../../../shared/pipeline/rate/provider-pauses.ts';
import { proxyFor } from '../../../shared/provider/http/proxy.ts';
import { shownAddress } from '../../../shared/provider/http/shown-address.ts';
import type { Config } from '../../../shared/runtime/config.ts';
import type { Act, CommandContext } from '../../command.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { gather } from '../../flags/batch-flags.ts';
import { addHelp } from '../../flags/help.ts';
import { addSimulatorFlags, type SimulatorFlags } from '../../flags/simulator-flags.ts';
import { openStage } from '../../stage/open-stage.ts';
import { readStageKeys } from '../../stage/stage-keys.ts';
import { configOf, isSimulated, type StageOptions, stageConfigOf, stageFolder } from '../../stage/stages.ts';
import { isEmbedded } from '../../stage-names.ts';
import { backpressureLines } from '../../text/backpressure-lines.ts';
import { clockTime } from '../../text/clock-time.ts';
import { configurationFindings } from './configuration-findings.ts';
import type { LiveFlags } from './doctor-live.ts';
import { type Finding, finding } from './finding.ts';

const LEAST_FREE_BYTES = 1_000_000_000;

/** `pressrun doctor`. Calls the provider only with `--live`. */
export function defineDoctor(command: Command, act: Act): void {
  addHelp(command, HELP)
    .option('--live', 'Generate one paid image and describe its response')
    .option('--model <model>', 'Model for --live; may be repeated [the default model]', gather)
    .option('--yes', "Don't ask before --live pays");
  addSimulatorFlags(command).action(
    act(async (context, options: DoctorOptions) => {
      const { out } = context;
      // If AWS doesn't respond, a finding says so.
      const config = await stageConfigOf(options).catch(() => configOf(options));
      if (options.live) return await live(context, config, options);
      const findings = [
        nodeVersion(),
        ...(await keyFindings(config)),
        ...(await stageFindings(config)),
        ...(await configurationFindings(config, options)),
        ...(await diskFindings(config)),
      ];
      const lines = findings.map(
        ({ check, ok, detail }) => `${ok ? 'ok ' : 'NO '} ${check.padEnd(9)} ${detail}`,
      );
      const ok = findings.every((finding) => finding.ok);
      out.result(lines.join('\n'), { ok, findings });
      return ok ? EXIT.ok : EXIT.error;
    }),
  );
}

interface DoctorOptions extends StageOptions, SimulatorFlags, LiveFlags {
  readonly live?: boolean;
}

/** With `--simulate`, against the simulator, for free. */
async function live(context: CommandContext, config: Config, options: DoctorOptions): Promise<ExitCode> {
  const { doctorLive } = await import('./doctor-live.ts');
  if (!isSimulated(config, options)) return await doctorLive(context, config, options);
  const { startRunSimulator: startSimulatedProvider } = await import('../../stage/run-simulator.ts');
  const simulated = await startSimulatedProvider(options);
  try {
    return await doctorLive(context, config, { ...options, yes: true }, simulated.effectOptions);
  } finally {
    await simulated.close();
  }
}

const HELP = {
  examples: `  $ pressrun doctor                     this machine
  $ pressrun doctor --stage studio      a deployed stage, with your credentials
  $ pressrun doctor --live              one paid image: what comes back
  $ pressrun doctor --live --simulate   the same, simulated and free`,
  notes: `Exit codes: 0 everything is in place · 1 something is missing; its line says
what to do.`,
};

function nodeVersion(): Finding {
  return { check: 'node', ok: true, detail: process.version };
}

/** A deployed stage's keys, else this machine's. */
async function keyFindings(config: Config): Promise<Finding[]> {
  if (config.keySecret === undefined) return keys(config);
  const { prints, problems } = await readStageKeys(config);
  const detail = `the stage has the keys of ${prints.join(', ')}`;
  return [
    ...(prints.length > 0 ? [{ check: 'key', ok: true, detail }] : []),
    ...problems.map((problem) => ({ check: 'key', ok: false, detail: problem })),
  ];
}

function keys({ providers, keys, models, proxies }: Config): Finding[] {
  const used = new Set([...models.values()].map(({ provider }) => provider));
  return [...providers.values()]
    .filter(({ name }) => used.has(name))
    .map(({ name, keyVariable, baseUrl }): Finding => {
      const address = shownAddress(baseUrl) + throughProxy(baseUrl, proxies);
      if (keyVariable === undefined)
        return { check: 'key', ok: true, detail: `${name} takes none; calls go to ${address}` };
      return keys.has(name)
        ? { check: 'key', ok: true, detail: `${keyVariable} is set; calls go to ${address}` }
        : { check: 'key', ok: false, detail: `no key: set ${keyVariable} (\`run --simulate\` needs none)` };
    });
}

function throughProxy(address: string, proxies: Config['proxies']): string {
  const proxy = proxyFor(new URL(address), proxies);
  return proxy === undefined ? '' : ` through the proxy ${proxy.host}`;
}

/** Each part of a deployed stage by itself, so that one failure hides no other. */
async function stageFindings(config: Config): Promise<Finding[]> {
  const ofStage = await finding('stage', () => lookAtStage(config));
  if (config.keySecret === undefined) return [ofStage];
  const { deployedFindings } = await import('./stage-findings.ts');
  return [ofStage, ...(await deployedFindings(config))];
}

async function lookAtStage(config: Config): Promise<string> {
  const stage = await openStage(config, 'look');
  const { effects } = stage.runtime;
  try {
    const nowMs = effects.clock.now();
    const paused = (await readPauses(effects, config.models.keys())).map(({ model, code, hint, untilMs }) => {
      const until = untilMs === undefined ? '' : `waits until ${clockTime(untilMs, nowMs)}; `;
      return `paused (${model === '*' ? 'all models' : model}: ${code}): ${until}${hint}`;
    });
    if (paused.length > 0) throw new Error(paused.join('; '));
    const backpressure = backpressureLines(await readBackpressure(effects, nowMs), nowMs);
    const { table, workQueue } = config.names;
    const answers = isEmbedded(config.stage)
      ? `${stageFolder(config)} can be used`
      : `${config.stage} answers: table ${table}, queues ${workQueue}, …-ingest`;
    return [answers, ...backpressure].join('; ');
  } finally {
    await stage.close();
  }
}

async function diskFindings(config: Config): Promise<Finding[]> {
  if (!isEmbedded(config.stage)) return [];
  const { bavail, bsize } = await statfs('.');
  const freeBytes = bavail * bsize;
  const detail = `${(freeBytes / 1e9).toFixed(1)} GB free here; a 1K image takes 1 to 2 MB, once (--out has links)`;
  return [{ check: 'disk', ok: freeBytes > LEAST_FREE_BYTES, detail }];
}
