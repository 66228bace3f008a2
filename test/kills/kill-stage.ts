import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Simulator, startSimulator } from '../../local/simulator/server.ts';
import { openEmbeddedStage } from '../../local/stage/embedded-stage.ts';
import { systemClock } from '../../shared/aws/system-clock.ts';
import type { Clock } from '../../shared/pipeline/ports.ts';
import { readConfig } from '../../shared/runtime/config.ts';
import { configuredProvider } from '../../shared/runtime/configured-provider.ts';
import { createEffects } from '../../shared/runtime/effects.ts';
import type { Runtime } from '../../shared/runtime/runtime.ts';
import { recordCalls, type SeenCall } from './calls.ts';
import { type Pace, sharedClock } from './hastened.ts';

/** What a worker process is told: where everything is, and how fast time goes. */
export interface StageAddress extends Pace {
  /** Of the stage, and of journals. */
  readonly folder: string;
  readonly providerUrl: string;
  readonly itemsAtOnce: number;
}

export interface KillStage {
  readonly address: StageAddress;
  readonly runtime: Runtime;
  readonly simulator: Simulator;
  readonly calls: readonly SeenCall[];
  close(): Promise<void>;
}

/** Opens a stage that all workers share, as any number of processes may in one home, and starts a provider over HTTP. */
export async function openKillStage(
  options: Pick<StageAddress, 'timesFaster' | 'itemsAtOnce'> & {
    readonly seed: number;
    readonly latencyMs: number;
  },
): Promise<KillStage> {
  const { seed, latencyMs, ...pace } = options;
  const folder = await mkdtemp(join(tmpdir(), 'pressrun-kills-'));
  const latency = { medianMs: latencyMs, p95Ms: 2 * latencyMs };
  const { calls, script } = recordCalls();
  const simulator = await startSimulator({ seed, script, latency, pictures: 'plain' });
  const address = { ...pace, folder, providerUrl: simulator.url, beganAtMs: Date.now() };
  const runtime = await runtimeOf(address, sharedClock(address));
  return {
    address,
    runtime,
    simulator,
    calls,
    close: async () => {
      await runtime.close();
      await simulator.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The side effects of a process on such a stage: the real ones, but for the speed of time. */
export async function runtimeOf(
  { folder, providerUrl }: Pick<StageAddress, 'folder' | 'providerUrl'>,
  clock: Clock,
): Promise<Runtime> {
  const config = readConfig({ stage: 'local' }, {});
  const { close, clearLeftovers: _, ...ports } = await openEmbeddedStage(join(folder, 'local'), clock);
  const effects = createEffects(config, {
    ...ports,
    provider: configuredProvider(config, { apiKey: async () => 'cdt_kills', providerUrl }, systemClock()),
    clock,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  return { effects, close };
}
