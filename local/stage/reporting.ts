import { randomUUID } from 'node:crypto';
import type { Effects, PipelineEvent } from '../../shared/pipeline/effects.ts';
import type { Config } from '../../shared/runtime/config.ts';
import { type Announcer, createAnnouncer } from '../../shared/runtime/reporting/announcer.ts';
import { createWebhook } from '../../shared/runtime/reporting/webhook.ts';
import { webhookTargetOf } from '../../shared/runtime/reporting/webhook-config.ts';
import type { Workers } from './workers.ts';

interface Reporter {
  see(event: PipelineEvent): void;
  report(effects: Effects): Promise<void>;
  close(): Promise<void>;
}

const REPORT_EVERY_MS = 2_000;
/** A silent webhook delays a command's end by no more. */
const LAST_DELIVERIES_MS = 5_000;

/**
 * Starts workers and reports their work. A deployed stage's worker sends events and metrics as its functions do;
 * any other stage calls the webhook itself.
 */
export async function startReporting(
  effects: Effects,
  config: Config,
  isDeployed: boolean,
  start: (effects: Effects) => Promise<Workers>,
): Promise<Workers> {
  const reporter = isDeployed ? await forDeployed(config) : forWebhook(effects, config);
  if (reporter === undefined) return await start(effects);
  const notify = (event: PipelineEvent) => {
    effects.notify(event);
    reporter.see(event);
  };
  const workers = await start({ ...effects, notify });
  const stopping = new AbortController();
  const reporting = reportRegularly(reporter, effects, stopping.signal);
  return {
    stop: async () => {
      await workers.stop();
      stopping.abort();
      await reporting;
      await reporter.report(effects);
      await reporter.close();
    },
  };
}

async function reportRegularly({ report }: Reporter, effects: Effects, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await effects.clock.sleep(REPORT_EVERY_MS, signal);
    await report(effects);
  }
}

/** Metrics are lines on stdout, which a container's log driver brings to CloudWatch. */
async function forDeployed(config: Config): Promise<Reporter> {
  const [{ eventBus }, { createMeter }, { createTelemetry }] = await Promise.all([
    import('../../shared/aws/event-bus.ts'),
    import('../../shared/runtime/lambda/metrics.ts'),
    import('../../shared/runtime/lambda/telemetry.ts'),
  ]);
  const announcer = createAnnouncer(eventBus({ region: config.region }), config);
  // Not on a terminal.
  const meter = process.stdout.isTTY ? undefined : createMeter(createTelemetry(config).metrics);
  return {
    see: (event) => {
      announcer.see(event);
      meter?.see(event);
    },
    report: async (effects) => {
      meter?.publish();
      await announcer.send(effects);
    },
    close: async () => undefined,
  };
}

function forWebhook({ clock, random, log }: Effects, config: Config): Reporter | undefined {
  const target = webhookTargetOf(config);
  if (target === undefined) return undefined;
  const webhook = createWebhook({ target, clock, random, newId: randomUUID, log });
  const announcer: Announcer = createAnnouncer(webhook.send, config);
  return {
    see: announcer.see,
    report: announcer.send,
    close: async () => await webhook.close(LAST_DELIVERIES_MS),
  };
}
