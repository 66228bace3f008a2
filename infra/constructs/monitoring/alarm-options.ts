import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { StageSettings } from '../../settings.ts';
import type { Functions } from '../functions.ts';
import type { Queues } from '../queues.ts';

export interface Watched {
  readonly settings: StageSettings;
  readonly queues: Queues;
  readonly functions: Functions;
}

export interface AlarmOptions {
  readonly id: string;
  /** What happened, in words; and the section of docs/runbook.md that says what to do. */
  readonly what: string;
  readonly section: string;
  readonly metric: IMetric;
  /** Rings when the metric is above; or `below`. */
  readonly above?: number;
  readonly below?: number;
  /** Of so many periods running. Default 1. */
  readonly periods?: number;
  /** Whether no figure at all is alarming, too. */
  readonly missing?: 'alarming';
  /** One of the few that say that a stage no longer works. */
  readonly isVital?: boolean;
}
