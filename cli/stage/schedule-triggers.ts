import { namingFailures, serviceOptions } from '../../shared/aws/service-client.ts';
import { systemClock } from '../../shared/aws/system-clock.ts';
import type { ScheduleTriggers } from '../../shared/pipeline/schedule/schedules.ts';
import type { Config } from '../../shared/runtime/config.ts';
import { findStage } from '../../shared/runtime/find-stage.ts';
import { isEmbedded } from '../stage-names.ts';
import { UsageError } from '../usage-error.ts';

/** On one machine, the `dev` server reads the table. */
const OF_DEV: ScheduleTriggers = { keep: async () => undefined, drop: async () => undefined };

/** Throws `UsageError` if nothing can trigger the stage's schedules. */
export async function withScheduleTriggers<Result>(
  config: Config,
  act: (timetable: ScheduleTriggers) => Promise<Result>,
): Promise<Result> {
  const { stage, region } = config;
  if (isEmbedded(stage)) return await act(OF_DEV);
  const record = await findStage(config);
  if (record === undefined) {
    throw new UsageError(
      `nothing ticks for stage ${stage}: schedules need a stack (pressrun deploy --stage ${stage}), or the local stage and \`pressrun dev\``,
    );
  }
  const { SchedulerClient } = await import('@aws-sdk/client-scheduler');
  const { scheduleGroup } = await import('../../shared/aws/schedule-group.ts');
  const client = namingFailures(new SchedulerClient(serviceOptions({ region })));
  const {
    scheduleGroup: group,
    scheduleRole: roleArn,
    scheduleFunction: functionArn,
    scheduleDeadQueue: deadQueueArn,
  } = record;
  try {
    const { now } = systemClock();
    return await act(scheduleGroup({ client, group, roleArn, functionArn, deadQueueArn, now }));
  } finally {
    client.destroy();
  }
}
