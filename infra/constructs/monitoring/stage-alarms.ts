import { Duration } from 'aws-cdk-lib';
import type { AlarmOptions, Watched } from './alarm-options.ts';
import { ownMetric } from './metrics.ts';

/** An outage of an hour is the provider's; nobody is woken for what ends by itself sooner. */
const OPEN_PERIODS = 12;
const FIVE_MINUTES = Duration.minutes(5);

/** Alarms on what the functions tell: pauses, budgets, refusals, spending. */
export function stageAlarms({ settings }: Watched): AlarmOptions[] {
  const { stage, alarms } = settings;
  return [
    {
      id: 'paused',
      what: 'The provider or a model is paused until a person helps.',
      section: 'Paused provider',
      metric: ownMetric(stage, 'pauses', 'Maximum', FIVE_MINUTES),
      isVital: true,
    },
    {
      id: 'budget',
      what: 'A budget is nearly spent, or spent.',
      section: 'Budget nearly spent or reached',
      metric: ownMetric(stage, 'budgets', 'Maximum', FIVE_MINUTES),
    },
    {
      id: 'refused-files',
      what: 'An uploaded file was refused: it could not be read, or its intake kept failing.',
      section: 'Refused files',
      metric: ownMetric(stage, 'refusedFiles', 'Sum', FIVE_MINUTES),
    },
    {
      id: 'breaker-open',
      what: `A model has not answered for ${OPEN_PERIODS * 5} minutes.`,
      section: 'Breaker open',
      metric: ownMetric(stage, 'openBreakers', 'Minimum', FIVE_MINUTES),
      periods: OPEN_PERIODS,
    },
    {
      id: 'spend',
      what: `More than ${alarms.creditsPerHour} credits were spent within an hour.`,
      section: 'Spend an hour',
      metric: ownMetric(stage, 'credits', 'Sum', Duration.hours(1)),
      above: alarms.creditsPerHour,
    },
  ];
}
