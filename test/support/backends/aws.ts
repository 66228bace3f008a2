import { randomUUID } from 'node:crypto';
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { type AwsClients, createClients } from '../../../shared/aws/clients.ts';
import { createStageQueues, createTable, type StageQueues } from '../../../shared/aws/create-resources.ts';
import { dynamoTable } from '../../../shared/aws/dynamo/dynamo-table.ts';
import { sqsQueue } from '../../../shared/aws/sqs/sqs-queue.ts';
import { systemClock } from '../../../shared/aws/system-clock.ts';
import { stageNames } from '../../../shared/names.ts';
import type { Queue } from '../../../shared/pipeline/ports.ts';
import { hastenedQueue } from '../../kills/hastened.ts';
import type { Backend } from './backend.ts';

/** AWS's adapters over servers that stand in for AWS. Their queues go by the machine's clock, so waits are shortened. */
export async function awsBackend(
  endpoints: { readonly dynamodb: string; readonly sqs: string },
  timesFaster: number,
): Promise<Backend> {
  const clients = createClients({ customEndpoint: true, endpoints });
  const names = stageNames(`t-${randomUUID().slice(0, 13)}`);
  await createTable(clients, names.table);
  const queues = await createStageQueues(clients, names);
  const { dynamo: client, sqs } = clients;
  const backoff = { random: Math.random, sleep: systemClock().sleep };
  return {
    ports: {
      table: dynamoTable({ client, tableName: names.table, backoff }),
      workQueue: queueAt(clients, queues.work.url, timesFaster),
      ingestQueue: queueAt(clients, queues.ingest.url, timesFaster),
    },
    countMessages: (name) => countMessages(sqs, queues[name].url),
    deadLetters: () => deadLetters(sqs, queues),
    allRows: () => allRows(client, names.table),
    close: async () => clients.close(),
  };
}

function queueAt({ sqs: client }: AwsClients, queueUrl: string, timesFaster: number): Queue {
  const backoff = { random: Math.random, sleep: systemClock().sleep };
  return hastenedQueue(sqsQueue({ client, queueUrl, fairQueues: false, backoff }), timesFaster);
}

async function deadLetters(sqs: SQSClient, { workDead, ingestDead }: StageQueues): Promise<number> {
  return (await countMessages(sqs, workDead.url)) + (await countMessages(sqs, ingestDead.url));
}

async function countMessages(sqs: SQSClient, queueUrl: string): Promise<number> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
  );
  const {
    ApproximateNumberOfMessages: visible = '0',
    ApproximateNumberOfMessagesNotVisible: received = '0',
    ApproximateNumberOfMessagesDelayed: delayed = '0',
  } = Attributes;
  return Number(visible) + Number(received) + Number(delayed);
}

async function allRows(client: DynamoDBDocumentClient, tableName: string): Promise<string[]> {
  const rows: string[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new ScanCommand({ TableName: tableName, ...(from && { ExclusiveStartKey: from }) }),
    );
    rows.push(...(page.Items ?? []).map((row) => JSON.stringify(row)));
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return rows;
}
