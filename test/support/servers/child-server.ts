import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface ChildServer {
  readonly pid: number;
  /** Ends it: asks first, then kills after 3 s. Safe to call twice. */
  stop(): Promise<void>;
}

interface ChildServerOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** Told at once, before the server answers, so that a left-over can be found after a crash. */
  readonly onStarted?: (pid: number) => void;
  /** Asked every few milliseconds until it says true. `output` is what the child has printed so far. */
  readonly isReady: (output: string) => Promise<boolean>;
  readonly readyWithinMs: number;
}

const pollMs = 15;
const graceMs = 3_000;
const lastWordsMs = 30;
/** The end of what the child printed is enough for an error message. */
const keptOutput = 4_000;

/** Starts a server process that ends with this one, and waits until it is ready; throws with its own words where it is not. */
export async function startChildServer(options: ChildServerOptions): Promise<ChildServer> {
  // A group of its own: Ctrl-C in the terminal must reach only us, who then stop it in good order.
  const child = spawn(options.command, [...options.args], {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const output = collectOutput(child);
  const killNow = () => child.kill('SIGKILL');
  process.once('exit', killNow);
  const ended = once(child, 'exit')
    .catch((error: unknown) => output.add(String(error)))
    .finally(() => process.off('exit', killNow));
  if (child.pid !== undefined) options.onStarted?.(child.pid);
  const server = { pid: child.pid ?? 0, stop: () => stopChild(child, ended) };
  try {
    await untilReady(child, options, output.text);
    release(child);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

/** Nothing about the child shall keep this process alive: neither itself nor the pipes of its output. */
function release(child: ChildProcess): void {
  child.unref();
  for (const stream of [child.stdout, child.stderr]) {
    if (stream instanceof Socket) stream.unref();
  }
}

function collectOutput(child: ChildProcess) {
  let text = '';
  const add = (chunk: unknown) => {
    text = (text + String(chunk)).slice(-keptOutput);
  };
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', add);
  return { add, text: () => text };
}

async function untilReady(
  child: ChildProcess,
  options: ChildServerOptions,
  output: () => string,
): Promise<void> {
  for (let waitedMs = 0; !(await options.isReady(output())); waitedMs += pollMs) {
    const hasEnded = child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
    if (hasEnded || waitedMs > options.readyWithinMs) {
      // Its last words may still be on their way.
      await delay(lastWordsMs);
      const what = hasEnded ? 'ended at once' : `did not answer within ${options.readyWithinMs} ms`;
      throw new Error(
        `${options.command} ${what}: ${output().trim().replaceAll(/\s+/g, ' ') || 'no output'}`,
      );
    }
    await delay(pollMs);
  }
}

async function stopChild(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const patience = new AbortController();
  const kill = delay(graceMs, undefined, { signal: patience.signal }).then(
    () => child.kill('SIGKILL'),
    () => undefined,
  );
  await ended;
  patience.abort();
  await kill;
}
