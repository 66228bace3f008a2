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
  /** For the embedded stage, whose ports are found at start; overrides the environment. */
  readonly endpoints?: Endpoints;
  /** Default: the SDK's; `us-east-1` with `endpoints`. */
  readonly region?: string | undefined;
  /** Default: 5 s on AWS; 30 s elsewhere and for S3. */
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
  close(): void;
}

/** More than one invocation's calls in progress (an item holds two). */
const maxSockets = 200;

/** The SDK's clients. Sends nothing and reads no credentials before the first call. */
export function createClients(settings: ClientSettings): AwsClients {
  const { endpoints } = settings;
  const custom = settings.customEndpoint || endpoints !== undefined;
  const { requestTimeoutMs = custom ? LONG_REQUEST_TIMEOUT_MS : REQUEST_TIMEOUT_MS } = settings;
  const common = {
    ...regionAndCredentials(settings),
    requestHandler: requestHandler(requestTimeoutMs),
  };
  const dynamo = new DynamoDBClient({ ...common, ...endpoint(endpoints?.dynamodb) });
  // Even without a logger it searches every response for secrets: a tenth of a query's time.
  dynamo.middlewareStack.remove('loggerMiddleware');
  const sqs = new SQSClient({
    ...common,
    ...endpoint(endpoints?.sqs),
    ...(custom ? { useQueueUrlAsEndpoint: false } : {}),
  });
  const s3 = new S3Client({
    ...common,
    // Parts of a large file take as long as the connection does.
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
      // The SDK takes a map with a key `constructor` (a column) for a class, and refuses it without this.
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
