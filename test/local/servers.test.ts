import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startChildServer } from '../support/servers/child-server.ts';
import { findDynoxide, startDynoxide } from '../support/servers/dynoxide.ts';

describe('dynoxide', () => {
  test('starts many times at once, each on a port of its own', async () => {
    const servers = await Promise.all(Array.from({ length: 4 }, () => startDynoxide()));
    for (const server of servers) onTestFinished(server.stop);

    expect(new Set(servers.map(({ endpoint }) => endpoint)).size).toBe(4);
  });

  test("fails with its own error if it can't open its file", async () => {
    await expect(startDynoxide({ dbPath: '/no/such/folder/table.db' })).rejects.toThrow(
      /dynoxide ended at once: .+/,
    );
  });

  test('comes from the package if there is one for this platform', () => {
    expect(findDynoxide('/nowhere')).toMatch(/dynoxide$/);
  });
});

describe('a child server', () => {
  test('is ended if it never responds, with its output in the error', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pressrun-child-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const command = join(folder, 'server');
    await writeFile(command, '#!/bin/sh\necho "still loading" >&2\nexec sleep 60\n');
    await chmod(command, 0o755);
    let pid = 0;

    const started = startChildServer({
      command,
      args: [],
      onStarted: (id) => {
        pid = id;
      },
      isReady: async () => false,
      readyWithinMs: 500,
    });

    await expect(started).rejects.toThrow(/did not answer within 500 ms: still loading/);
    expect(() => process.kill(pid, 0)).toThrow();
  });

  test('reports a missing program', async () => {
    const started = startChildServer({
      command: '/no/such/program',
      args: [],
      isReady: async () => false,
      readyWithinMs: 500,
    });

    await expect(started).rejects.toThrow(/no\/such\/program ended at once: .*ENOENT/);
  });
});
