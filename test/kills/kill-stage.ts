import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Simulator, startSimulator } from '../../local/simulator/server.ts';
import { openEmbeddedStage } from '../../local/stage/embedded-stage.ts';
import { systemClock } from '../../shared/aws/system-clock.ts';
import { readConfig } from '../../shared/runtime/config.ts';
import { configuredProvider } from '../../shared/runtime/configured-provider.ts';
import { createEffects } from '../../shared/runtime/effects.ts';
import type { Runtime } from '../../shared/runtime/runtime.ts';
import { sharedClock } from './hastened.ts';

/** What a worker process is told: where everything is, and how fast time goes. */
export interface StageAddress {
  /** Of the stage, and of journals. */
  readonly folder: string;
  readonly providerUrl: string;
  readonly beganAtMs: number;
  readonly timesFaster: number;
  readonly itemsAtOnce: number;
}

export interface KillStage {
  readonly address: StageAddress;
  readonly runtime: Runtime;
  readonly simulator: Simulator;
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
  const simulator = await startSimulator({ seed, latency, pictures: 'plain' });
  const address = { ...pace, folder, providerUrl: simulator.url, beganAtMs: Date.now() };
  const runtime = await runtimeOf(address);
  return {
    address,
    runtime,
    simulator,
    close: async () => {
      await runtime.close();
      await simulator.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The side effects of a process on such a stage: the real ones, but for the speed of time. */
export async function runtimeOf(address: StageAddress): Promise<Runtime> {
  const { folder, providerUrl, beganAtMs, timesFaster } = address;
  const config = readConfig({ stage: 'local' }, {});
  const clock = sharedClock(beganAtMs, timesFaster);
  const { close, clearLeftovers: _, ...ports } = await openEmbeddedStage(join(folder, 'local'), clock);
  const effects = createEffects(config, {
    ...ports,
    provider: configuredProvider(config, { apiKey: async () => 'cdt_kills', providerUrl }, systemClock()),
    clock,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  return { effects, close };
}
