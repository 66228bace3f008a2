import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createClients } from '../../shared/aws/clients.ts';
import { dynamoTable } from '../../shared/aws/dynamo/dynamo-table.ts';
import { sqsQueue } from '../../shared/aws/sqs/sqs-queue.ts';
import { timeLimits } from '../../shared/aws/timeouts.ts';
import { noWait } from '../support/emulators.ts';

describe('a server of AWS that takes requests and answers none', () => {
  test('holds up no read, write or message beyond the timeout', async () => {
    const { url, requests } = await startSilent();
    const clients = createClients({
      customEndpoint: true,
      endpoints: { dynamodb: url, sqs: url, s3: url },
      requestTimeoutMs: 50,
    });
    onTestFinished(clients.close);
    const table = dynamoTable({ client: clients.dynamo, tableName: 't', backoff: noWait });
    const queue = sqsQueue({
      client: clients.sqs,
      queueUrl: `${url}/1/q`,
      fairQueues: false,
      backoff: noWait,
    });

    for (const work of [
      () => table.get({ pk: 'a', sk: 'b' }),
      () => table.write([{ kind: 'put', row: { pk: 'a', sk: 'b' } }]),
      () => queue.send([{ body: 'a' }]),
    ]) {
      await expect(work()).rejects.toMatchObject({ name: 'TimeoutError' });
    }
    expect(requests(), 'the SDK tries DynamoDB four times, SQS three').toBe(4 + 4 + 3);
  });

  test('holds up no look-up of a stage or a key', async () => {
    const { url } = await startSilent();
    const client = new SSMClient({
      endpoint: url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      maxAttempts: 1,
      requestHandler: timeLimits(50),
    });
    onTestFinished(() => client.destroy());

    const look = client.send(new GetParameterCommand({ Name: '/pressrun/dev' }));

    await expect(look).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});

async function startSilent() {
  let requests = 0;
  const server = createServer((request) => {
    requests += 1;
    request.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, requests: () => requests };
}
