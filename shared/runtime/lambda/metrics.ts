import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { FAILURES } from '../../domain/calls/failure.ts';
import { METRICS } from '../../names.ts';
import type { PipelineEvent } from '../../pipeline/effects.ts';
import type { Backpressure } from '../../pipeline/rate/backpressure.ts';

/** Counts an invocation's events, and writes metrics at its end. */
export interface Meter {
  see(event: PipelineEvent): void;
  /** Current pauses. */
  pauses(count: number): void;
  /** Budgets nearly or fully spent. */
  budgets(count: number): void;
  /** Open breakers, and models with a limit. */
  backpressure(backpressure: readonly Backpressure[]): void;
  /** For how long no item of the most stalled batch has ended. */
  oldestWork(ms: number): void;
  publish(): void;
}

const MICRO_PER_CREDIT = 1_000_000;

/** On Powertools' metrics: log lines in CloudWatch's embedded metric format. */
export function createMeter(metrics: Metrics): Meter {
  let outcomes = new Map<string, number>();

  function see(event: PipelineEvent): void {
    switch (event.kind) {
      case 'call-ended': {
        const { outcome, latencyMs } = event;
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        const isLimited = outcome !== 'image' && FAILURES[outcome].isLimit;
        metrics.addMetric(METRICS.latency, MetricUnit.Milliseconds, latencyMs);
        metrics.addMetric(METRICS.rateLimited, MetricUnit.Count, isLimited ? 1 : 0);
        return;
      }
      case 'charged':
        metrics.addMetric(METRICS.credits, MetricUnit.Count, event.creditsMicro / MICRO_PER_CREDIT);
        return;
      case 'file-refused':
        metrics.addMetric(METRICS.refusedFiles, MetricUnit.Count, 1);
        return;
      case 'budget-nearly-spent':
      case 'budget-reached':
      case 'item-ended':
      case 'batch-complete':
      case 'paused':
      case 'schedule-failed':
        return;
    }
  }

  function publish(): void {
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    for (const [outcome, count] of outcomes) {
      const single = metrics.singleMetric();
      single.addDimension('outcome', outcome);
      single.addMetric(METRICS.calls, MetricUnit.Count, count);
    }
    outcomes = new Map();
  }

  const pauses = (count: number) => void metrics.addMetric(METRICS.pauses, MetricUnit.Count, count);
  const budgets = (count: number) => void metrics.addMetric(METRICS.budgets, MetricUnit.Count, count);

  function backpressure(all: readonly Backpressure[]): void {
    const count = (kind: Backpressure['kind']) => all.filter((each) => each.kind === kind).length;
    metrics.addMetric(METRICS.openBreakers, MetricUnit.Count, count('open'));
    metrics.addMetric(METRICS.slowedModels, MetricUnit.Count, count('slowed'));
  }

  const oldestWork = (ms: number) =>
    void metrics.addMetric(METRICS.oldestWork, MetricUnit.Seconds, Math.round(ms / 1_000));

  return { see, pauses, budgets, backpressure, oldestWork, publish };
}
