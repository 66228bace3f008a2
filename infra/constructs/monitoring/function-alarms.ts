import { Duration } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { Functions } from '../functions.ts';
import type { AlarmOptions, Watched } from './alarm-options.ts';

type Name = keyof Functions;

const FIVE_MINUTES = Duration.minutes(5);
const NAMES: readonly Name[] = ['ingest', 'generate', 'schedule', 'report', 'sweep'];
/** Called once a day, or once a schedule's time: their next call is too far away to wait for a second failure. */
const RARE: readonly Name[] = ['report', 'schedule'];
/** Hand over to a fresh invocation before their time is up, so that coming near it says that they don't. */
const BOUNDED: readonly Name[] = ['ingest', 'sweep'];
const NEAR_TIMEOUT = 0.95;

/** Alarms on the functions themselves: failing, throttled, near their timeout, or not called at all. */
export function functionAlarms({ functions }: Watched): AlarmOptions[] {
  return [
    ...NAMES.map((name) => errors(functions, name)),
    throttles(functions),
    ...BOUNDED.map((name) => nearTimeout(functions, name)),
    {
      id: 'no-sweep',
      what: 'The recovery sweep has not run for 15 minutes.',
      section: 'No sweep',
      metric: functions.sweep.fn.metricInvocations({ period: FIVE_MINUTES, statistic: 'Sum' }),
      below: 1,
      periods: 3,
      missing: 'alarming',
      isVital: true,
    },
  ];
}

function errors(functions: Functions, name: Name): AlarmOptions {
  return {
    id: `errors-${name}`,
    what: `The function ${name} fails.`,
    section: 'Function errors',
    metric: functions[name].fn.metricErrors({ period: FIVE_MINUTES, statistic: 'Sum' }),
    periods: RARE.includes(name) ? 1 : 2,
  };
}

function throttles(functions: Functions): AlarmOptions {
  return {
    id: 'throttles',
    what: 'Functions are throttled: the account has too few concurrent executions left.',
    section: 'Throttles',
    metric: new MathExpression({
      expression: NAMES.join(' + '),
      usingMetrics: Object.fromEntries(
        NAMES.map((name) => [name, functions[name].fn.metricThrottles({ statistic: 'Sum' })]),
      ),
      label: 'throttles',
      period: FIVE_MINUTES,
    }),
    periods: 2,
  };
}

function nearTimeout(functions: Functions, name: Name): AlarmOptions {
  const { fn } = functions[name];
  const timeoutMs = fn.timeout?.toMilliseconds() ?? 0;
  return {
    id: `near-timeout-${name}`,
    what: `The function ${name} came near its time-out.`,
    section: 'Near a time-out',
    metric: fn.metricDuration({ period: FIVE_MINUTES, statistic: 'Maximum' }),
    above: NEAR_TIMEOUT * timeoutMs,
  };
}
