import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

interface Output {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface ShellOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Gives the exit code of a command that fails, in place of an error. */
  readonly mayFail?: boolean;
}

export type Shell = (command: readonly string[], options?: ShellOptions) => Promise<Output>;

/** Runs commands in a folder; throws what a failing one printed. */
export function createShell(folder: string, settings: Readonly<Record<string, string>> = {}): Shell {
  return async ([name = '', ...args], { env = {}, mayFail = false } = {}) => {
    const child = spawn(name, args, {
      cwd: folder,
      // Settings that npm hands to its scripts would lead an inner npm to the project's folder.
      env: { ...withoutNpm(process.env), ...settings, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    if (code !== 0 && !mayFail) {
      throw new Error(`${[name, ...args].join(' ')}: exit ${code}\n${stdout}${stderr}`);
    }
    return { code, stdout, stderr };
  };
}

function withoutNpm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^npm_/i.test(name)));
}
