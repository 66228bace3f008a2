import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const COMMAND = fileURLToPath(new URL('../../cli/bin.js', import.meta.url));
export const POSTCARDS = fileURLToPath(new URL('../../examples/postcards.csv', import.meta.url));

/** Each test has a home of its own, but compiled code need not be compiled again in it. */
const NODE_COMPILE_CACHE = fileURLToPath(
  new URL('../../node_modules/.cache/pressrun/compiled', import.meta.url),
);

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** Resolves when stdout and stderr together contain the text; rejects where the command ends without it. */
  says(text: string): Promise<void>;
  /** The JSON document on stdout's first line, as soon as it is there. */
  firstDocument(): Promise<Record<string, string>>;
  /** Sends a signal to the command alone. */
  kill(signal: NodeJS.Signals): void;
  /** What a terminal does at Ctrl-C: the signal goes to the whole process group. */
  ctrlC(): void;
}

type Env = Readonly<Record<string, string>>;

/** A folder of a new user, in which the real command is called as a process of its own, with nothing else set. */
export interface Workplace {
  readonly folder: string;
  path(name: string): string;
  write(name: string, content: string | Uint8Array): Promise<string>;
  run(args: readonly string[], env?: Env, stdin?: string): Promise<Ended>;
  start(args: readonly string[], env?: Env, stdin?: string): Started;
  /** Processes of ours that are still there; a stage in this folder names it on its command line. */
  processes(): Promise<string[]>;
  /** Removes the folder; throws where a process was left behind. */
  close(): Promise<void>;
}

export async function openWorkplace(env: Env = {}, command: string = COMMAND): Promise<Workplace> {
  const folder = await mkdtemp(join(tmpdir(), 'pressrun-cli-'));
  const started = new Set<ChildProcess>();
  const path = (name: string) => join(folder, name);

  function start(args: readonly string[], more: Env = {}, stdin?: string): Started {
    const child = spawn(process.execPath, [command, ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH ?? '', HOME: folder, NODE_COMPILE_CACHE, ...env, ...more },
      stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      detached: true,
    });
    child.stdin?.end(stdin);
    started.add(child);
    return watched(child);
  }

  const processes = async () => (await processesNaming(folder)).map(({ line }) => line);
  return {
    folder,
    path,
    write: async (name, content) => {
      await mkdir(dirname(path(name)), { recursive: true });
      await writeFile(path(name), content);
      return path(name);
    },
    run: (...command) => start(...command).ended,
    start,
    processes,
    close: async () => {
      for (const child of started) child.kill('SIGKILL');
      const left = await processesNaming(folder);
      for (const { pid } of left) process.kill(pid, 'SIGKILL');
      await rm(folder, { recursive: true, force: true });
      if (left.length > 0) throw new Error(`left behind: ${left.map(({ line }) => line).join('; ')}`);
    },
  };
}

function watched(child: ChildProcess): Started {
  const output = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...output }));
  });
  const until = <Found>(look: () => Found | undefined, what: string) =>
    new Promise<Found>((resolve, reject) => {
      const check = () => {
        const found = look();
        if (found !== undefined) resolve(found);
      };
      listeners.add(check);
      check();
      void ended.then(() => reject(new Error(`ended without ${what}: ${output.stderr}`)));
    });
  const pid = child.pid ?? 0;
  return {
    pid,
    ended,
    says: async (text) => {
      await until(() => (output.stdout + output.stderr).includes(text) || undefined, `"${text}"`);
    },
    firstDocument: async () =>
      JSON.parse(await until(() => /^(.*)\n/.exec(output.stdout)?.[1], 'a document on stdout')),
    kill: (signal) => void child.kill(signal),
    ctrlC: () => void process.kill(-pid, 'SIGINT'),
  };
}

async function processesNaming(folder: string): Promise<{ pid: number; line: string }[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const named = await Promise.all(
    pids.map(async (pid) => {
      const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      return { pid, line: line.replaceAll('\0', ' ') };
    }),
  );
  return named.filter(({ line }) => line.includes(folder));
}
