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

  test.each<readonly [string, () => Uint8Array | AsyncIterable<Uint8Array>]>([
    ['bytes', () => Buffer.from('x')],
    ['a stream', stream],
  ])(
    'is asked to put %s only in the place of one object, and its refusal means that another is there',
    async (_, body) => {
      const { store, replaced } = await storeThatAnswersPuts([412], true);

      const result = await store.put('manifest.csv', body(), { contentType: 'text/csv', onlyIfEtag: '"e1"' });

      expect(result).toEqual({ kind: 'exists' });
      expect(replaced).toEqual(['"e1"']);
    },
  );

  test('is asked again while another put of the key is in progress', async () => {
    const { store, puts } = await storeThatAnswersPuts([409, 409, 200]);

    const result = await store.put('images/1.png', Buffer.from('x'), onlyIfAbsent);

    expect(result).toEqual({ kind: 'stored', version: 'v-1' });
    expect(puts).toHaveLength(3);
  });

  test('on AWS puts without checking first whether the object is there', async () => {
    const { store, heads } = await storeThatAnswersPuts([200], true);

    await store.put('images/1.png', Buffer.from('x'), onlyIfAbsent);

    expect(heads()).toBe(0);
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
  heedsConditions = false,
): Promise<{
  store: ObjectStore;
  puts: readonly unknown[];
  replaced: readonly unknown[];
  heads: () => number;
}> {
  const puts: unknown[] = [];
  const replaced: unknown[] = [];
  let heads = 0;
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      if (request.method === 'HEAD') heads += 1;
      if (request.method === 'PUT') puts.push(request.headers['if-none-match']);
      if (request.method === 'PUT') replaced.push(request.headers['if-match']);
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
  const options = { client: clients.s3, bucket: 'bucket', backoff: noWait, heedsConditions };
  return { store: s3Store(options), puts, replaced, heads: () => heads };
}
