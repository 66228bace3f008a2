import { Writable } from 'node:stream';
import { main } from '../../cli/main.ts';
import type { Ended } from './workplace.ts';

/** Runs a command line in this process: cheaper than a process of its own, where signals and environment do not matter. */
export async function call(argv: readonly string[]): Promise<Ended> {
  const output = { stdout: '', stderr: '' };
  const into = (name: keyof typeof output) =>
    new Writable({
      write: (chunk, _, done) => {
        output[name] += String(chunk);
        done();
      },
    });
  const code = await main(argv, { stdout: into('stdout'), stderr: into('stderr') });
  return { code, ...output };
}
