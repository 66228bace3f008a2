import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { oneLine } from '../../cli/text/one-line.ts';
import { createCommitter } from '../../local/database/committer.ts';
import { diskReserve } from '../../local/database/disk-reserve.ts';
import { openDatabase } from '../../local/database/open-database.ts';
import { withDiskRoom } from '../../local/stage/disk-room.ts';
import { sqliteTable } from '../../local/table/sqlite-table.ts';
import { FREE_MEMORY } from '../../shared/provider/scan/free-memory.ts';
import type { CallOutcome, ImageRequest } from '../../shared/provider/types.ts';
import { REQUEST } from '../provider/fixtures/calls.ts';
import { freshFolder, openStageIn } from '../support/sqlite.ts';

/** A table on a disk with room for so many pages, and so many more when the reserve is given up. */
async function tableOn(pages: number, reservePages: number) {
  const database = openDatabase(join(await freshFolder(), 'stage.sqlite'));
  const log = { sync: async () => undefined, close: async () => undefined };
  let reserves = 0;
  const limit = (most: number) => database.exec(`PRAGMA max_page_count = ${most}`);
  const giveUp = () => {
    if (reserves++ > 0) return false;
    limit(pages + reservePages);
    return true;
  };
  limit(pages);
  const committer = createCommitter({ database, log, reserve: { giveUp }, random: Math.random });
  const table = sqliteTable({ database, committer });
  const put = (sk: number) =>
    table.write([{ kind: 'put', row: { pk: 'A', sk: String(sk), text: 'x'.repeat(3_000) } }]);
  return { put, trouble: committer.trouble, reserves: () => reserves };
}

async function untilFull(put: (sk: number) => Promise<unknown>): Promise<{ written: number; said: string }> {
  for (let written = 0; ; written += 1) {
    try {
      await put(written);
    } catch (error) {
      return { written, said: oneLine(error) };
    }
  }
}

describe('a table on a full disk', () => {
  test('writes into its reserve, so that results of calls in progress are recorded and the pause is reported', async () => {
    const without = await tableOn(40, 0);
    const withReserve = await tableOn(40, 20);

    const first = await untilFull(without.put);
    const second = await untilFull(withReserve.put);

    expect(second.written).toBeGreaterThan(first.written + 10);
  });

  test('reports it in one line, and stays in trouble until a write succeeds', async () => {
    const { put, trouble } = await tableOn(40, 0);

    const { said } = await untilFull(put);

    expect(said).toMatch(/^the disk is full: make room and run the same command again/);
    expect(oneLine(trouble())).toBe(said);
  });

  test('is in no trouble as long as it can write', async () => {
    const { put, trouble } = await tableOn(40, 0);

    await put(1);

    expect(trouble()).toBeUndefined();
  });
});

test('the reserve is taken by the process that works in the stage, once, and given up once', async () => {
  const folder = await freshFolder();
  const stage = await openStageIn(folder);
  const path = join(folder, 'reserve');

  expect(existsSync(path)).toBe(false);
  await stage.clearLeftovers();
  await stage.clearLeftovers();

  expect(statSync(path).size).toBe(8 * 1024 * 1024);
  expect([diskReserve(path).giveUp(), diskReserve(path).giveUp()]).toEqual([true, false]);
});

describe('a call on a disk that is nearly full', () => {
  const image: CallOutcome = {
    kind: 'failure',
    failure: { code: 'blocked', reach: 'answered', message: '' },
    usage: undefined,
    answer: undefined,
    latencyMs: 0,
  };
  const provider = (call: () => Promise<CallOutcome>) => ({ call, reread: call });
  const asking = (imageSize?: '4K'): ImageRequest => ({
    ...REQUEST,
    settings: { ...REQUEST.settings, ...(imageSize && { imageSize }) },
  });

  test('is not sent, and pauses with what to do', async () => {
    let calls = 0;
    const roomy = withDiskRoom(
      provider(async () => {
        calls += 1;
        return image;
      }),
      '/data',
      async () => 19e6,
    );

    const outcome = await roomy.call(asking(), undefined, FREE_MEMORY);

    expect(calls).toBe(0);
    expect(outcome).toMatchObject({
      failure: {
        code: 'unstored',
        reach: 'unsent',
        message: expect.stringMatching(/disk of \/data is nearly full \(19 MB free\)/),
      },
    });
  });

  test('is sent while there is room for all calls in progress at their sizes, and no longer', async () => {
    const answered = Promise.withResolvers<CallOutcome>();
    const roomy = withDiskRoom(
      provider(() => answered.promise),
      '/data',
      async () => 60e6,
    );

    const running = [
      roomy.call(asking('4K'), undefined, FREE_MEMORY),
      roomy.call(asking(), undefined, FREE_MEMORY),
    ];
    const refused = await roomy.call(asking('4K'), undefined, FREE_MEMORY);
    answered.resolve(image);
    const outcomes = await Promise.all(running);

    expect(refused).toMatchObject({ failure: { code: 'unstored' } });
    expect(outcomes).toEqual([image, image]);
    expect(await roomy.call(asking('4K'), undefined, FREE_MEMORY)).toEqual(image);
  });

  test("is sent if the system doesn't report free space", async () => {
    const roomy = withDiskRoom(
      provider(async () => image),
      '/data',
      async () => undefined,
    );

    expect(await roomy.call(asking(), undefined, FREE_MEMORY)).toEqual(image);
  });
});
