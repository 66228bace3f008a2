import { execFile } from 'node:child_process';
import { describe, expect, type TestContext, test } from 'vitest';
import { envOf, prompts, testProvider, testWorkplace } from './provider.ts';
import { COMMAND } from './workplace.ts';

describe.concurrent('a run', () => {
  test('listens on no port and starts no process', async (context) => {
    const provider = await testProvider(context);

    const { listens, spawns, code } = await watchedRun(context, [], envOf(provider));

    expect({ listens, spawns, code }).toEqual({ listens: [], spawns: [], code: 0 });
    expect(provider.totals().calls).toBe(3);
  });

  test('listens on one loopback port with --simulate: the simulator’s', async (context) => {
    const { listens, spawns, code } = await watchedRun(context, ['--simulate'], {});

    expect({ listens, spawns, code }).toEqual({ listens: ['127.0.0.1'], spawns: [], code: 0 });
  });
});

/** Tells on stderr, as a line of JSON, on which addresses the process listened and what it started. */
const WATCH = `
  import { ChildProcess } from 'node:child_process';
  import { Server } from 'node:net';
  import { writeSync } from 'node:fs';
  const seen = { listens: [], spawns: [] };
  const { listen } = Server.prototype;
  Server.prototype.listen = function (...args) {
    this.once('listening', () => seen.listens.push(this.address().address));
    return listen.apply(this, args);
  };
  const { spawn } = ChildProcess.prototype;
  ChildProcess.prototype.spawn = function (options) {
    seen.spawns.push(options.file);
    return spawn.call(this, options);
  };
  process.on('exit', () => writeSync(2, '\\nseen ' + JSON.stringify(seen) + '\\n'));
`;

interface Watched {
  readonly code: number;
  readonly listens: readonly string[];
  readonly spawns: readonly string[];
}

async function watchedRun(
  context: TestContext,
  flags: readonly string[],
  env: Record<string, string>,
): Promise<Watched> {
  const work = await testWorkplace(context);
  await work.write('prompts.csv', prompts(3));
  const watch = `data:text/javascript,${encodeURIComponent(WATCH)}`;
  const args = ['--import', watch, COMMAND, 'run', 'prompts.csv', '--json', ...flags];
  return await new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      args,
      { cwd: work.folder, env: { HOME: work.folder, ...env } },
      (error, _, stderr) => {
        const line = /^seen (.*)$/m.exec(stderr)?.[1];
        if (line === undefined) return reject(new Error(stderr));
        resolve({ code: error === null ? 0 : Number(error.code), ...JSON.parse(line) });
      },
    );
  });
}
