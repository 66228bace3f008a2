import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createClients } from '../../shared/aws/clients.ts';
import { QueueError } from '../../shared/aws/errors.ts';
import { sqsQueue } from '../../shared/aws/sqs/sqs-queue.ts';
import { noWait } from '../support/emulators.ts';

interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
  readonly MessageGroupId?: string;
}

describe('a queue that accepts only part of a batch', () => {
  test('is sent the rest again, and nothing twice', async () => {
    const { queue, calls } = await queueThatRefuses((body, call) => body === 'b' && call < 3);

    await queue(false).send([{ body: 'a' }, { body: 'b' }, { body: 'c' }]);

    expect(calls.map((call) => call.map(({ MessageBody }) => MessageBody))).toEqual([
      ['a', 'b', 'c'],
      ['b'],
      ['b'],
    ]);
  });

  test('in the end gives an error that says how many messages are missing', async () => {
    const { queue, calls } = await queueThatRefuses((body) => body !== 'a');

    await expect(queue(false).send([{ body: 'a' }, { body: 'b' }, { body: 'c' }])).rejects.toThrow(
      /could not send 2 messages .*InternalError/,
    );

    expect(calls.length).toBeLessThan(10);
  });

  test('is not sent a message at all that no queue takes', async () => {
    const { queue, calls } = await queueThatRefuses(() => false);

    await expect(queue(false).send([{ body: 'a' }, { body: 'x'.repeat(1_048_577) }])).rejects.toThrow(
      QueueError,
    );

    expect(calls).toEqual([]);
  });

  test('gets the group of a message only with fair queues', async () => {
    const { queue, calls } = await queueThatRefuses(() => false);

    await queue(true).send([{ body: 'a', group: 'b1' }]);
    await queue(false).send([{ body: 'a', group: 'b1' }]);

    expect(calls.map(([entry]) => entry?.MessageGroupId)).toEqual(['b1', undefined]);
  });
});

async function queueThatRefuses(refuses: (body: string, call: number) => boolean) {
  const calls: Entry[][] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { Entries } = JSON.parse(Buffer.concat(chunks).toString()) as { Entries: Entry[] };
    calls.push(Entries);
    const refused = Entries.filter(({ MessageBody }) => refuses(MessageBody, calls.length));
    const taken = Entries.filter((entry) => !refused.includes(entry));
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(
      JSON.stringify({
        Successful: taken.map(({ Id, MessageBody }) => ({
          Id,
          MessageId: Id,
          MD5OfMessageBody: md5(MessageBody),
        })),
        Failed: refused.map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false })),
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const clients = createClients({ customEndpoint: true, endpoints: { sqs: endpoint } });
  onTestFinished(() => {
    clients.close();
    server.close();
  });
  const queue = (fairQueues: boolean) =>
    sqsQueue({ client: clients.sqs, queueUrl: `${endpoint}/0/q`, fairQueues, backoff: noWait });
  return { queue, calls };
}

/** The SDK checks it. */
function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
