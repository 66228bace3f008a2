import { LONG_REQUEST_TIMEOUT_MS, REQUEST_TIMEOUT_MS, timeLimits } from './timeouts.ts';

export interface ClientSettings {
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

/** More than one invocation's calls in progress (an item holds two). */
const maxSockets = 200;

/** Whether the servers are others than AWS's. */
export function isCustom({ customEndpoint, endpoints }: ClientSettings): boolean {
  return customEndpoint || endpoints !== undefined;
}

/** What all clients are made with. */
export function clientOptions(settings: ClientSettings, requestTimeoutMs: number) {
  return { ...regionAndCredentials(settings), requestHandler: requestHandler(requestTimeoutMs) };
}

/** Until the response to a request without a large body. */
export function smallRequestMs(settings: ClientSettings): number {
  return settings.requestTimeoutMs ?? (isCustom(settings) ? LONG_REQUEST_TIMEOUT_MS : REQUEST_TIMEOUT_MS);
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

export function endpoint(url: string | undefined): { endpoint?: string } {
  return url === undefined ? {} : { endpoint: url };
}
