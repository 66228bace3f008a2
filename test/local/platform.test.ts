import { describe, expect, test } from 'vitest';
import { platformOf } from '../../shared/runtime/platform.ts';

function failing(code: string, times: number) {
  const moves: string[] = [];
  const waitsMs: number[] = [];
  const move = async (from: string, to: string) => {
    moves.push(`${from} → ${to}`);
    if (moves.length <= times) throw Object.assign(new Error(code), { code });
  };
  return { moves, waitsMs, tools: { move, wait: async (ms: number) => void waitsMs.push(ms) } };
}

describe('on Windows', () => {
  test.each(['EPERM', 'EACCES', 'EBUSY'])('a rename waits while a file is in use (%s)', async (code) => {
    const { moves, waitsMs, tools } = failing(code, 3);

    await platformOf('win32', tools).rename('a', 'b');

    expect(moves).toHaveLength(4);
    expect(waitsMs).toEqual([10, 20, 30]);
  });

  test('a rename fails with its own error if a file stays in use, and at once for other reasons', async () => {
    const stuck = failing('EBUSY', 100);
    const full = failing('ENOSPC', 100);

    await expect(platformOf('win32', stuck.tools).rename('a', 'b')).rejects.toThrow('EBUSY');
    await expect(platformOf('win32', full.tools).rename('a', 'b')).rejects.toThrow('ENOSPC');

    expect([stuck.moves.length, full.moves.length]).toEqual([10, 1]);
  });

  test('folders are not synced, and read-only files are in the way', () => {
    expect(platformOf('win32')).toMatchObject({ syncsFolders: false, deletesReadOnlyFiles: false });
  });
});

test.each(['linux', 'darwin', 'freebsd'] as const)('on %s a rename is tried once', async (name) => {
  const { moves, tools } = failing('EPERM', 1);
  const platform = platformOf(name, tools);

  await expect(platform.rename('a', 'b')).rejects.toThrow('EPERM');

  expect(moves).toHaveLength(1);
  expect(platform).toMatchObject({ syncsFolders: true, deletesReadOnlyFiles: true });
});
