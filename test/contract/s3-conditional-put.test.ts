import { createServer } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createClients } from '../../shared/aws/clients.ts';
import { s3Store } from '../../shared/aws/s3/s3-store.ts';
import type { ObjectStore } from '../../shared/pipeline/ports.ts';
import { noWait } from '../support/emulators.ts';

const onlyIfAbsent = { contentType: 'image/png', onlyIfAbsent: true };

describe('an S3 with conditional puts', () => {
  test('gets puts with If-None-Match, and its refusal means that the object exists', async () => {
    const { store, puts } = await storeThatAnswersPuts([412]);

    const result = await store.put('images/1.png', Buffer.from('x'), onlyIfAbsent);

    expect(result).toEqual({ kind: 'exists' });
    expect(puts).toEqual(['*']);
  });

  test('is asked the same for a stream', async () => {
    const { store, puts } = await storeThatAnswersPuts([412]);

    const result = await store.put('images/1.png', stream(), onlyIfAbsent);

    expect(result).toEqual({ kind: 'exists' });
    expect(puts).toEqual(['*']);
  });

  test('is asked again while another put of the key is in progress', async () => {
    const { store, puts } = await storeThatAnswersPuts([409, 409, 200]);

    const result = await store.put('images/1.png', Buffer.from('x'), onlyIfAbsent);

    expect(result).toEqual({ kind: 'stored', version: 'v-1' });
    expect(puts).toHaveLength(3);
  });

  test('is not asked for ever', async () => {
    const { store, puts } = await storeThatAnswersPuts([409]);

    await expect(store.put('images/1.png', Buffer.from('x'), onlyIfAbsent)).rejects.toThrow();

    expect(puts.length).toBeLessThan(10);
  });
});

async function* stream() {
  yield Buffer.from('x');
}

/** An S3 without any object, that answers puts with these statuses in turn, and the last one for ever. */
async function storeThatAnswersPuts(
  statuses: readonly number[],
): Promise<{ store: ObjectStore; puts: readonly unknown[] }> {
  const puts: unknown[] = [];
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      if (request.method === 'PUT') puts.push(request.headers['if-none-match']);
      const status = request.method === 'PUT' ? statuses[Math.min(puts.length, statuses.length) - 1] : 404;
      response.writeHead(status ?? 500, { etag: '"abc"', 'x-amz-version-id': 'v-1' });
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const clients = createClients({ customEndpoint: true, endpoints: { s3: `http://127.0.0.1:${port}` } });
  onTestFinished(() => {
    clients.close();
    server.close();
  });
  return { store: s3Store({ client: clients.s3, bucket: 'bucket', backoff: noWait }), puts };
}
