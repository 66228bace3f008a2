import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ChatServer } from './chat.ts';
import { measured, type Usage } from './measured.ts';

const PEERS = ['openai', 'ai', 'fetch'] as const;
export type Contender = 'pressrun' | (typeof PEERS)[number];

/** One comparison: the same work by each contender, one after the other, in processes of their own. */
export interface Bench {
  readonly name: string;
  readonly images: number;
  readonly imageBytes: number;
  /** Of an answer, log-normal; at once where it is left out. */
  readonly latency?: { readonly medianMs: number; readonly sigma: number };
  readonly contenders: readonly Contender[];
  /** Over https. */
  readonly tls?: true;
  /** Of one that takes long, fewer than of others. */
  readonly mostRounds?: number;
  /** The one peer that the short form takes it beside. */
  readonly short?: Contender;
  run(by: Contender, place: Place): Promise<Usage>;
}

interface Place {
  readonly server: ChatServer;
  readonly folder: string;
  /** pressrun's client as one built file. */
  readonly readOwn: string;
}

const ALL: readonly Contender[] = ['pressrun', ...PEERS];
const SLOTS = 50;
const MB = 1_000_000;

/** Explained in bench/README.md. */
export const BENCHES: readonly Bench[] = [
  batch('batch of 500 × 100 kB', 500, 100_000, ALL),
  { ...batch('batch of 100 × 5 MB', 100, 5 * MB, ALL), short: 'openai' },
  batch('batch of 50 × 20 MB', 50, 20 * MB, ALL),
  read('read 1 MB', 120, MB, ALL),
  { ...read('read 5 MB', 40, 5 * MB, ALL), short: 'fetch' },
  read('read 20 MB', 12, 20 * MB, ALL),
  { ...read('read 1 MB over TLS', 120, MB, ['pressrun', 'fetch']), tls: true },
  { ...read('read 5 MB over TLS', 40, 5 * MB, ['pressrun', 'fetch']), tls: true },
  { ...read('read 20 MB over TLS', 12, 20 * MB, ['pressrun', 'fetch']), tls: true },
  {
    ...batch('batch of 1,000, 1 s a call', 1_000, 100_000, ['pressrun', 'openai']),
    latency: { medianMs: 1_000, sigma: 0.6 },
    mostRounds: 3,
  },
];

function pathOf(name: string): string {
  return fileURLToPath(new URL(`../${name}`, import.meta.url));
}

/** Answers read one after the other by one process. */
function read(name: string, images: number, imageBytes: number, contenders: readonly Contender[]): Bench {
  return {
    name,
    images,
    imageBytes,
    contenders,
    run: (by, { server, readOwn }) => {
      const args = by === 'pressrun' ? [readOwn] : [pathOf('peers/read.js'), by];
      return measured([...args, server.url, String(images)], server.env);
    },
  };
}

/** A file of prompts, from the start of the command to the last image on the disk, 50 calls at a time. */
function batch(name: string, images: number, imageBytes: number, contenders: readonly Contender[]): Bench {
  return {
    name,
    images,
    imageBytes,
    contenders,
    run: async (by, { server, folder }) => {
      const own = mkdtempSync(join(folder, 'run-'));
      const file = join(own, 'prompts.csv');
      writeFileSync(file, `prompt\n${prompts(images)}`);
      await server.reset();
      if (by !== 'pressrun') {
        return measured([pathOf('peers/script.js'), by, file, server.url, String(SLOTS), join(own, 'out')]);
      }
      const env = { PRESSRUN_PROVIDER_URL: server.url, CORE_TODAY_API_KEY: 'cdt_bench' };
      const pressrun = [pathOf('../cli/bin.js'), 'run', '--json', '--home', join(own, 'home')];
      // A model begins with one call until its first image is in: a matter of a stage's first minute, not of a batch.
      const first = join(own, 'first.csv');
      writeFileSync(first, 'prompt\na first fox\n');
      await measured([...pressrun, first, '--out', join(own, 'first')], env);
      await server.reset();
      return measured([...pressrun, file, '--out', join(own, 'out'), '--concurrency', String(SLOTS)], env);
    },
  };
}

function prompts(count: number): string {
  return Array.from({ length: count }, (_, index) => `a red fox number ${index + 1}\n`).join('');
}
