import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Random } from '../../local/simulator/random.ts';
import type { StageAddress } from './kill-stage.ts';

/** Worker processes, of which any may be killed; one that was is followed by another. */
export interface Fleet {
  /** Kills one that is in the middle of a call, if any is; gives how many calls were in progress in it. */
  killOne(random: Random): Promise<number | undefined>;
  /** Kills all; gives how many calls were in progress. */
  killAll(): Promise<number>;
  /** Begins again with as many. */
  start(): void;
  stop(): Promise<void>;
  /** What a worker wrote to stderr: nothing, where none was broken. */
  complaints(): string;
}

interface Worker {
  readonly child: ChildProcess;
  readonly journal: string;
}

const PROGRAM = fileURLToPath(new URL('worker-process.ts', import.meta.url));

export function startFleet(address: StageAddress, size: number): Fleet {
  const alive = new Set<Worker>();
  let started = 0;
  let said = '';

  function startOne(): void {
    started += 1;
    const journal = join(address.folder, `journal-${started}`);
    const child = spawn(process.execPath, [PROGRAM, JSON.stringify(address), journal], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr?.on('data', (text: Buffer) => {
      said += text.toString();
    });
    alive.add({ child, journal });
  }

  async function end(worker: Worker, signal: NodeJS.Signals): Promise<number> {
    alive.delete(worker);
    if (worker.child.exitCode === null && worker.child.signalCode === null) {
      const exited = once(worker.child, 'exit');
      worker.child.kill(signal);
      await exited;
    }
    return underWay(worker);
  }

  const endAll = async (signal: NodeJS.Signals) => {
    const counts = await Promise.all([...alive].map((worker) => end(worker, signal)));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  const start = () => {
    while (alive.size < size) startOne();
  };
  start();
  return {
    killOne: async (random) => {
      const busy = [...alive].filter((worker) => underWay(worker) > 0);
      if (busy.length === 0) return undefined;
      const victim = random.pick(busy);
      const calls = await end(victim, 'SIGKILL');
      startOne();
      return calls;
    },
    killAll: () => endAll('SIGKILL'),
    start,
    stop: async () => void (await endAll('SIGTERM')),
    complaints: () => said,
  };
}

/** Calls that a worker began and whose image it had not put yet. */
function underWay({ journal }: Worker): number {
  const lines = readJournal(journal);
  return lines.filter((line) => line === 'begin').length - lines.filter((line) => line === 'end').length;
}

function readJournal(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return [];
  }
}
