import { GetParameterCommand, ParameterNotFound, type SSMClient } from '@aws-sdk/client-ssm';
import * as z from 'zod/mini';
import { type StageNames, stageParameter } from '../names.ts';

/** A deployed stage's record of itself. */
export interface StageRecord extends StageNames {
  /** The built-in provider's key: `ssm:` and a parameter, or a secret. */
  readonly keySecret: string;
  readonly reportFunction: string;
  readonly scheduleGroup: string;
  /** The role of schedules. */
  readonly scheduleRole: string;
  readonly scheduleFunction: string;
  /** Undelivered triggers. Missing from 0.1. */
  readonly scheduleDeadQueue?: string | undefined;
  /** The deployed pressrun. Missing before 0.2.0. */
  readonly version?: string | undefined;
  /** False if the stage's functions leave its queues alone. */
  readonly polling?: boolean | undefined;
  /** The deployed configuration file, unchecked. */
  readonly configuration?: unknown;
}

const stageRecord: z.ZodMiniType<StageRecord> = z.object({
  table: z.string(),
  bucket: z.string(),
  workQueue: z.string(),
  workDeadQueue: z.string(),
  ingestQueue: z.string(),
  ingestDeadQueue: z.string(),
  keySecret: z.string(),
  reportFunction: z.string(),
  scheduleGroup: z.string(),
  scheduleRole: z.string(),
  scheduleFunction: z.string(),
  scheduleDeadQueue: z.optional(z.string()),
  version: z.optional(z.string()),
  polling: z.optional(z.boolean()),
  configuration: z.optional(z.unknown()),
});

/** Undefined if no such stage is deployed in this region. */
export async function readStageRecord(
  client: Pick<SSMClient, 'send'>,
  stage: string,
): Promise<StageRecord | undefined> {
  const name = stageParameter(stage);
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: name }));
    if (Parameter?.Value === undefined) return undefined;
    return stageRecord.parse(JSON.parse(Parameter.Value));
  } catch (error) {
    if (error instanceof ParameterNotFound) return undefined;
    throw error;
  }
}
