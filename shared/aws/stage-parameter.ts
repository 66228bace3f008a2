import { GetParameterCommand, ParameterNotFound, type SSMClient } from '@aws-sdk/client-ssm';
import * as z from 'zod/mini';
import { type StageNames, stageParameter } from '../names.ts';

/** What a deployed stage tells of itself. */
export interface StageRecord extends StageNames {
  /** The place of the built-in provider's key: `ssm:` and a parameter's name, or a secret. */
  readonly keySecret: string;
  readonly reportFunction: string;
  readonly scheduleGroup: string;
  /** Given to EventBridge Scheduler with each schedule. */
  readonly scheduleRole: string;
  readonly scheduleFunction: string;
  /** Keeps what EventBridge Scheduler could not deliver. Stages of 0.1 have none. */
  readonly scheduleDeadQueue?: string | undefined;
  /** Of the pressrun that was deployed. Stages from before 0.2.0 say none. */
  readonly version?: string | undefined;
  /** False if the stage's functions leave its queues alone. */
  readonly polling?: boolean | undefined;
  /** The configuration file that was deployed with it, as it was read: still to be checked. */
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

/** Reads what the stack of a stage wrote down; undefined if no stage of that name is deployed in this region. */
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
