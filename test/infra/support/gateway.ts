import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { keyParameter } from '../../../shared/names.ts';

/** One call of an SDK client: `dynamodb:GetItem`, and what it was about. */
export interface RecordedCall {
  readonly operation: string;
  /** Table, queue, object key or secret; empty where the call names none. */
  readonly target: string;
  readonly body: string;
}

export interface Gateway {
  readonly url: string;
  readonly calls: readonly RecordedCall[];
  stop(): Promise<void>;
}

interface Behind {
  readonly dynamodb: string;
  /** Speaks SQS and S3. */
  readonly fauxqs: string;
  /** What Secrets Manager has; undefined: a secret without a value. */
  readonly secret: { value: string | undefined };
  /** What it has under names of a user's own. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** What Parameter Store has. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** All of AWS that a bundle calls, at one address: emulators behind it, small stand-ins for two services, and a record. */
export async function startGateway(behind: Behind): Promise<Gateway> {
  const calls: RecordedCall[] = [];
  const server = createServer((incoming, answer) => {
    void serve(behind, calls, incoming, answer).catch((error: unknown) => answer.destroy(error as Error));
  });
  const url = await listen(server);
  return {
    url,
    calls,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function serve(
  behind: Behind,
  calls: RecordedCall[],
  incoming: IncomingMessage,
  answer: ServerResponse,
): Promise<void> {
  // Who only asks for the time signs nothing.
  if (incoming.headers.authorization === undefined) return void answer.writeHead(200).end();
  const body = await bytesOf(incoming);
  const call = callOf(incoming, body.toString('latin1'));
  calls.push(call);
  const [service] = call.operation.split(':');
  switch (service) {
    case 'events':
      return json(answer, 200, { FailedEntryCount: 0, Entries: [{ EventId: '1' }] });
    case 'scheduler': {
      const isNew = call.operation === 'scheduler:UpdateSchedule';
      return json(answer, isNew ? 404 : 200, isNew ? { __type: 'ResourceNotFoundException' } : {});
    }
    case 'secretsmanager':
      return secretsManager(behind, call, answer);
    case 'ssm': {
      if (call.target === keyParameter('dev')) return keyInParameterStore(behind, call, answer);
      const Value = behind.parameters?.[call.target];
      if (Value !== undefined) return json(answer, 200, { Parameter: { Name: call.target, Value } });
      return json(answer, 400, { __type: 'ParameterNotFound' });
    }
    default:
      return forward(service === 'dynamodb' ? behind.dynamodb : behind.fauxqs, incoming, body, answer);
  }
}

function keyInParameterStore(
  { secret }: Behind,
  { operation, body }: RecordedCall,
  answer: ServerResponse,
): void {
  if (operation === 'ssm:PutParameter') {
    secret.value = JSON.parse(body).Value;
    json(answer, 200, { Version: 1 });
  } else if (secret.value === undefined) {
    json(answer, 400, { __type: 'ParameterNotFound' });
  } else {
    json(answer, 200, { Parameter: { Name: keyParameter('dev'), Value: secret.value } });
  }
}

function secretsManager(
  { secret, secrets = {} }: Behind,
  { operation, target, body }: RecordedCall,
  answer: ServerResponse,
): void {
  const named = secrets[target];
  if (named !== undefined) json(answer, 200, { SecretString: named });
  else if (operation === 'secretsmanager:PutSecretValue') {
    secret.value = JSON.parse(body).SecretString;
    json(answer, 200, { VersionId: '1' });
  } else if (secret.value === undefined) {
    json(answer, 400, { __type: 'ResourceNotFoundException', message: "can't find the value" });
  } else {
    json(answer, 200, { SecretString: secret.value });
  }
}

function callOf(incoming: IncomingMessage, body: string): RecordedCall {
  const target = String(incoming.headers['x-amz-target'] ?? '');
  const [prefix = '', name = ''] = target.split('.');
  if (prefix.startsWith('DynamoDB')) {
    return { operation: `dynamodb:${name}`, target: JSON.parse(body).TableName ?? '', body };
  }
  if (prefix === 'AmazonSQS') {
    const { QueueUrl, QueueName } = JSON.parse(body);
    return { operation: `sqs:${name}`, target: QueueName ?? String(QueueUrl).split('/').at(-1) ?? '', body };
  }
  if (prefix === 'secretsmanager') {
    return { operation: `secretsmanager:${name}`, target: JSON.parse(body).SecretId ?? '', body };
  }
  if (prefix === 'AmazonSSM') return { operation: `ssm:${name}`, target: JSON.parse(body).Name ?? '', body };
  if (prefix === 'AWSEvents') return { operation: `events:${name}`, target: 'default', body };
  if (incoming.headers.authorization?.includes('/scheduler/aws4_request')) {
    const operations = { POST: 'CreateSchedule', PUT: 'UpdateSchedule', DELETE: 'DeleteSchedule' } as const;
    const [, , name = ''] = (incoming.url ?? '').split(/[/?]/);
    const method = incoming.method as keyof typeof operations;
    return { operation: `scheduler:${operations[method]}`, target: name, body };
  }
  const url = new URL(incoming.url ?? '/', 'http://s3');
  const [, , ...key] = url.pathname.split('/');
  return {
    operation: `s3:${s3Operation(incoming.method ?? '', url)}`,
    target: decodeURIComponent(key.join('/')),
    body: '',
  };
}

function s3Operation(method: string, url: URL): string {
  if (url.searchParams.has('list-type')) return 'ListObjectsV2';
  const named = url.searchParams.get('x-id');
  if (named !== null) return named;
  if (method === 'HEAD') return 'HeadObject';
  if (method === 'POST' && url.searchParams.has('uploads')) return 'CreateMultipartUpload';
  if (method === 'POST') return 'CompleteMultipartUpload';
  return `${method} ${url.pathname}`;
}

function forward(
  base: string,
  incoming: IncomingMessage,
  body: Buffer,
  answer: ServerResponse,
): Promise<void> {
  const { host: _, ...headers } = incoming.headers;
  return new Promise((resolve, reject) => {
    const onward = request(
      new URL(incoming.url ?? '/', base),
      { method: incoming.method, headers },
      (reply) => {
        answer.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(answer).once('finish', resolve);
      },
    );
    onward.once('error', reject);
    onward.end(body);
  });
}

async function bytesOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function json(answer: ServerResponse, status: number, value: object): void {
  answer.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(value));
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}
