import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { deployedFindings } from '../../cli/commands/tools/stage-findings.ts';
import type { ObjectStore } from '../../shared/pipeline/ports.ts';
import { diskStoreIn } from '../support/disk-store.ts';

/** A server whose clock is so many seconds away from this machine's. */
async function serverAt(seconds: number): Promise<string> {
  const server = createServer((_, answer) => {
    answer.setHeader('date', new Date(Date.now() + seconds * 1_000).toUTCString());
    answer.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function look(seconds: number, more: Partial<ObjectStore> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'pressrun-doctor-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const store = { ...diskStoreIn(folder), ...more };
  const clock = { now: Date.now, sleep: async () => undefined };
  return await deployedFindings({ store, clock }, 'images', await serverAt(seconds));
}

describe('doctor on a deployed stage', () => {
  test('finds a bucket that can be read and a clock that agrees', async () => {
    expect(await look(0)).toEqual([
      { check: 'bucket', ok: true, detail: 'images can be read' },
      { check: 'clock', ok: true, detail: 'agrees with that of AWS' },
    ]);
  });

  test.each([
    [-600, '600 s ahead of AWS'],
    [600, '600 s behind AWS'],
  ])('says how far the clock is away from AWS at %d s', async (seconds, detail) => {
    const [, clock] = await look(seconds);

    expect(clock?.ok).toBe(false);
    // A busy second may pass meanwhile.
    expect(clock?.detail.replace(/\b(599|601)\b/, '600')).toContain(detail);
  });

  test('names the unreadable bucket, and the reason', async () => {
    const list = () => {
      throw new Error('Access Denied');
    };

    const [bucket] = await look(0, { list });

    expect(bucket).toEqual({ check: 'bucket', ok: false, detail: 'images cannot be read: Access Denied' });
  });
});
