import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';

/** A program that finds a mistake by failing. */
export interface Check {
  readonly name: 'simulation' | 'tests';
  readonly argv: readonly string[];
  /** A mistake may keep it from ever ending: that is found too. */
  readonly longestMs: number;
}

const GRACE_MS = 60_000;
const LONGEST_TESTS_MS = 600_000;

export function simulation(seconds: number, seed: string): Check {
  return {
    name: 'simulation',
    argv: ['--max-semi-space-size=64', 'test/mutants/simulate.ts', String(seconds), seed],
    longestMs: seconds * 1_000 + GRACE_MS,
  };
}

/** The tests of a file's folder: those of `shared/pipeline/money` are `test/pipeline/money`. */
export function testsOf(file: string): Check {
  let folder = dirname(file).replace(/^shared/, 'test');
  while (!existsSync(folder)) folder = dirname(folder);
  const argv = ['node_modules/vitest/vitest.mjs', 'run', folder, '--bail', '1'];
  return { name: 'tests', argv, longestMs: LONGEST_TESTS_MS };
}

/** Runs a check in a copy of the source; `said` is its last line. */
export async function tryCheck(
  copy: string,
  { argv, longestMs }: Check,
): Promise<{ found: boolean; said: string }> {
  return await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, argv, {
      cwd: copy,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: longestMs,
      killSignal: 'SIGKILL',
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      errors += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) => {
      const said = code === null ? 'it did not end' : text.trim().split('\n').at(-1) || errorIn(errors);
      resolve({ found: code !== 0, said: said.slice(0, 160) });
    });
  });
}

/** A mistake may be found by the error that it makes, or be none: then the source could not be read. */
function errorIn(errors: string): string {
  return errors.split('\n').find((line) => /Error\b/.test(line)) ?? '';
}
