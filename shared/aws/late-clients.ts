import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type ClientSettings, clientOptions, endpoint, isCustom, smallRequestMs } from './client-options.ts';
import { late } from './late.ts';
import { namingFailures } from './service-client.ts';

/** What table and bucket need. */
export interface StoreClients {
  readonly dynamo: DynamoDBDocumentClient;
  /** Loaded when it is asked for first: a third of the SDK. */
  s3(): Promise<S3Client>;
  close(): void;
}

export interface LateClients extends StoreClients {
  readonly sqs: SQSClient;
}

/** The SDK's clients. Sends nothing and reads no credentials before the first call. */
export function createLateClients(settings: ClientSettings): LateClients {
  const stores = createStoreClients(settings);
  const sqs = namingFailures(
    new SQSClient({
      ...clientOptions(settings, smallRequestMs(settings)),
      ...endpoint(settings.endpoints?.sqs),
      ...(isCustom(settings) ? { useQueueUrlAsEndpoint: false } : {}),
    }),
  );
  return {
    ...stores,
    sqs,
    close: () => {
      stores.close();
      sqs.destroy();
    },
  };
}

/** The same without queues. */
export function createStoreClients(settings: ClientSettings): StoreClients {
  const dynamo = new DynamoDBClient({
    ...clientOptions(settings, smallRequestMs(settings)),
    ...endpoint(settings.endpoints?.dynamodb),
  });
  // Even without a logger it searches every response for secrets: a tenth of a query's time.
  dynamo.middlewareStack.remove('loggerMiddleware');
  const made: { destroy(): void }[] = [namingFailures(dynamo)];
  return {
    dynamo: DynamoDBDocumentClient.from(dynamo, {
      // The SDK takes a map with a key `constructor` (a column) for a class, and refuses it without this.
      marshallOptions: { removeUndefinedValues: true, convertClassInstanceToMap: true },
    }),
    s3: late(async () => {
      const { createS3Client } = await import('./s3-client.ts');
      const client = createS3Client(settings);
      made.push(client);
      return client;
    }),
    close: () => {
      for (const client of made) client.destroy();
    },
  };
}
