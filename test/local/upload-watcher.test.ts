import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createUploadScan, startUploadWatcher } from '../../local/stage/upload-watcher.ts';
import type { Clock, Queue } from '../../shared/pipeline/ports.ts';
import { diskStoreIn } from '../support/disk-store.ts';

const clock: Clock = { now: () => Date.UTC(2026, 10, 21), sleep: async () => undefined };
const csv = { contentType: 'text/csv' };

describe('the upload watcher', () => {
  test('announces a new upload as S3 does, once', async () => {
    const { store, look, sent } = await watched();
    await store.put('uploads/my cats (1).csv', Buffer.from('prompt\na cat\n'), csv);

    for (let looks = 0; looks < 4; looks += 1) await look();

    expect(sent).toEqual([
      {
        Records: [
          expect.objectContaining({
            eventSource: 'aws:s3',
            eventName: 'ObjectCreated:Put',
            s3: { object: { key: 'uploads/my+cats+%281%29.csv' } },
          }),
        ],
      },
    ]);
  });

  test('waits until a file that is being copied does not grow any more', async () => {
    const { root, look, sent } = await watched();
    await mkdir(join(root, 'uploads'), { recursive: true });
    for (const content of ['prompt\n', 'prompt\na\n', 'prompt\na\nb\n']) {
      await writeFile(join(root, 'uploads/big.csv'), content);
      await look();
    }
    expect(sent).toEqual([]);

    await look();

    expect(sent).toMatchObject([{ Records: [{ s3: { object: { key: 'uploads/big.csv' } } }] }]);
  });

  test('announces a changed upload again, and one that was deleted and restored', async () => {
    const { store, look, sent } = await watched();
    const lookTwice = async () => {
      await look();
      await look();
    };
    await store.put('uploads/a.csv', Buffer.from('one'), csv);
    await lookTwice();
    await store.put('uploads/a.csv', Buffer.from('two'), csv);
    await lookTwice();
    await store.delete('uploads/a.csv');
    await lookTwice();
    await store.put('uploads/a.csv', Buffer.from('two'), csv);
    await lookTwice();

    expect(sent).toHaveLength(3);
  });

  test('looks only at uploads, and not at hidden or half-loaded files', async () => {
    const { store, look, sent } = await watched();
    const others = [
      'images/a.csv',
      'uploads/.DS_Store',
      'uploads/a.csv.part',
      'uploads/x/.b.csv',
      'uploads/c~',
    ];
    for (const key of others) await store.put(key, Buffer.from('x'), csv);

    await look();
    await look();

    expect(sent).toEqual([]);
  });

  test('announces an upload later if the queue refused it', async () => {
    const { store, look, sent, breakQueue } = await watched();
    await store.put('uploads/a.csv', Buffer.from('one'), csv);
    await look();
    breakQueue(true);
    await expect(look()).rejects.toThrow('no queue');
    breakQueue(false);

    await look();

    expect(sent).toHaveLength(1);
  });

  test('continues after a failed scan, and stops on request', async () => {
    const { store, queue, sent, breakQueue } = await watched();
    await store.put('uploads/a.csv', Buffer.from('one'), csv);
    breakQueue(true);
    const failures: string[] = [];
    const log = {
      info: () => undefined,
      warn: () => undefined,
      error: (message: string) => {
        failures.push(message);
        breakQueue(false);
      },
    };
    const watcher = startUploadWatcher({
      store,
      ingestQueue: queue,
      intervalMs: 1,
      clock: { ...clock, sleep: () => new Promise((resolve) => setImmediate(resolve)) },
      log,
    });
    while (sent.length === 0) await new Promise((resolve) => setImmediate(resolve));

    await watcher.stop();

    expect(failures).toEqual(['could not look for uploads; trying again']);
  });
});

async function watched() {
  const root = await mkdtemp(join(tmpdir(), 'pressrun-uploads-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const store = diskStoreIn(root);
  const sent: unknown[] = [];
  let broken = false;
  const queue: Queue = {
    send: async (messages) => {
      if (broken && messages.length > 0) throw new Error('no queue');
      sent.push(...messages.map(({ body }) => JSON.parse(body)));
    },
    receive: async () => [],
    delete: async () => undefined,
    setVisibility: async () => undefined,
  };
  const look = createUploadScan({ store, ingestQueue: queue });
  const breakQueue = (now: boolean) => {
    broken = now;
  };
  return { root, store, queue, look, sent, breakQueue };
}
