import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { requiringProof } from './s3-proof.ts';
import { namingFailures } from './service-client.ts';
import { LONG_REQUEST_TIMEOUT_MS, REQUEST_TIMEOUT_MS, timeLimits } from './timeouts.ts';

interface ClientSettings {
  /** Any `AWS_ENDPOINT_URL…` is set: such servers want path-style buckets and known checksums, and give unresolvable queue URLs. */
  readonly customEndpoint: boolean;
  /** Of the embedded stage only, whose ports are found at start: they win over the environment. */
  readonly endpoints?: Endpoints;
  /** Default: what the SDK finds; `us-east-1` where `endpoints` are given. */
  readonly region?: string | undefined;
  /** For how long a request may wait for its answer. Default: 5 s on AWS, 30 s elsewhere and of S3. */
  readonly requestTimeoutMs?: number;
}

export interface Endpoints {
  readonly dynamodb?: string;
  readonly sqs?: string;
  readonly s3?: string;
}

export interface AwsClients {
  readonly dynamo: DynamoDBDocumentClient;
  readonly sqs: SQSClient;
  readonly s3: S3Client;
  /** Closes all sockets. */
  close(): void;
}

/** Sockets a service: above the number of calls that one invocation has in progress at a time (one item holds two). */
const maxSockets = 200;

/** The SDK's clients. Nothing is sent and no credential is read before the first call. */
export function createClients(settings: ClientSettings): AwsClients {
  const { endpoints } = settings;
  const custom = settings.customEndpoint || endpoints !== undefined;
  const { requestTimeoutMs = custom ? LONG_REQUEST_TIMEOUT_MS : REQUEST_TIMEOUT_MS } = settings;
  const common = {
    ...regionAndCredentials(settings),
    requestHandler: requestHandler(requestTimeoutMs),
  };
  const dynamo = new DynamoDBClient({ ...common, ...endpoint(endpoints?.dynamodb) });
  // Even without a logger it takes every answer apart to hide what is secret: a tenth of the time of a query.
  dynamo.middlewareStack.remove('loggerMiddleware');
  const sqs = new SQSClient({
    ...common,
    ...endpoint(endpoints?.sqs),
    ...(custom ? { useQueueUrlAsEndpoint: false } : {}),
  });
  const s3 = new S3Client({
    ...common,
    // Parts of a large file go up as fast as the line lets them.
    requestHandler: requestHandler(settings.requestTimeoutMs ?? LONG_REQUEST_TIMEOUT_MS),
    ...endpoint(endpoints?.s3),
    ...(custom
      ? {
          forcePathStyle: true,
          requestChecksumCalculation: 'WHEN_REQUIRED',
          responseChecksumValidation: 'WHEN_REQUIRED',
        }
      : {}),
  });
  for (const client of [dynamo, sqs, requiringProof(s3)]) namingFailures(client);
  return {
    dynamo: DynamoDBDocumentClient.from(dynamo, {
      // A map with a key `constructor` (a column of a file) is a class to the SDK, which without this it refuses.
      marshallOptions: { removeUndefinedValues: true, convertClassInstanceToMap: true },
    }),
    sqs,
    s3,
    close: () => {
      for (const client of [dynamo, sqs, s3]) client.destroy();
    },
  };
}

function requestHandler(requestTimeoutMs: number) {
  return {
    ...timeLimits(requestTimeoutMs),
    httpAgent: { keepAlive: true, maxSockets },
    httpsAgent: { keepAlive: true, maxSockets },
  };
}

function regionAndCredentials(settings: ClientSettings) {
  const region = settings.region ?? (settings.endpoints ? 'us-east-1' : undefined);
  return {
    ...(region === undefined ? {} : { region }),
    ...(settings.endpoints ? { credentials: { accessKeyId: 'embedded', secretAccessKey: 'embedded' } } : {}),
  };
}

function endpoint(url: string | undefined): { endpoint?: string } {
  return url === undefined ? {} : { endpoint: url };
}
