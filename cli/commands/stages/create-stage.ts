import type { Config } from '../../../shared/runtime/config.ts';
import { isEmbedded } from '../../stage-names.ts';
import { UsageError } from '../../usage-error.ts';

export const CREATE = [
  '--create',
  "First create the stage's bucket, queues, and table on a compatible server",
] as const;

/** Refuses `--create` on AWS; throws `UsageError`. */
export function refuseCreationOnAws({ stage, customEndpoint }: Config): void {
  if (isEmbedded(stage) || customEndpoint) return;
  throw new UsageError(
    '--create is for AWS-compatible servers given in AWS_ENDPOINT_URL; on AWS, deploy the stack',
  );
}

/** Makes a stage's bucket, queues and table on the servers of `AWS_ENDPOINT_URL…`; on AWS the stack does. Safe to repeat. */
export async function createStage(config: Config): Promise<void> {
  if (isEmbedded(config.stage)) return;
  const [{ createClients }, { createBucket, createStageQueues: createQueues, createTable }] =
    await Promise.all([
      import('../../../shared/aws/clients.ts'),
      import('../../../shared/aws/create-resources.ts'),
    ]);
  const clients = createClients({
    customEndpoint: true,
    ...(config.region === undefined ? {} : { region: config.region }),
  });
  try {
    await createTable(clients, config.names.table);
    await createQueues(clients, config.names);
    await createBucket(clients, config.names.bucket);
  } finally {
    clients.close();
  }
}
