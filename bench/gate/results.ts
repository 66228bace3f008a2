import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Bench, Contender } from './benches.ts';
import type { Usage } from './measured.ts';

export const MEASURES = ['ms', 'cpuMs', 'peakMb', 'stallMs'] as const;
type Measure = (typeof MEASURES)[number];

/** Medians over all rounds, and of each round's ratio of pressrun to a peer, which a machine that grows slower leaves alone. */
export interface BenchResult {
  readonly name: string;
  readonly images: number;
  readonly rounds: number;
  readonly medians: Readonly<Partial<Record<Contender, Readonly<Record<Measure, number>>>>>;
  readonly ratios: Readonly<Partial<Record<Contender, Readonly<Record<Measure, number>>>>>;
}

export interface Results {
  readonly at: string;
  readonly commit: string;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly benches: readonly BenchResult[];
}

/** By contender, what it took in each round. */
export type Rounds = ReadonlyMap<Contender, readonly Usage[]>;

export function resultOf({ name, images }: Bench, rounds: Rounds): BenchResult {
  const own = rounds.get('pressrun') ?? [];
  const each = (figure: (usages: readonly Usage[], measure: Measure) => number, among: Rounds) =>
    Object.fromEntries(
      [...among].map(([by, usages]) => [
        by,
        Object.fromEntries(MEASURES.map((measure) => [measure, figure(usages, measure)])),
      ]),
    );
  const peers = new Map([...rounds].filter(([by]) => by !== 'pressrun'));
  return {
    name,
    images,
    rounds: own.length,
    medians: each((usages, measure) => rounded(median(usages.map((usage) => usage[measure])), 1), rounds),
    ratios: each((usages, measure) => {
      const ofRounds = usages.map((usage, nth) => (own[nth]?.[measure] ?? Number.NaN) / usage[measure]);
      return rounded(median(ofRounds), 3);
    }, peers),
  };
}

export function resultsOf(benches: readonly BenchResult[], at: string): Results {
  const [cpu] = cpus();
  return {
    at,
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
    machine: {
      cpu: cpu?.model ?? 'unknown',
      cores: cpus().length,
      memoryGb: Math.round(totalmem() / 2 ** 30),
      system: `${process.platform} ${release()}`,
      node: process.version,
      load: rounded(loadavg()[0] ?? 0, 1),
    },
    versions: Object.fromEntries(
      ['openai', 'ai', 'p-limit', 'csv-parse'].map((name) => [name, versionOf(name)]),
    ),
    benches,
  };
}

function versionOf(name: string): string {
  const path = fileURLToPath(new URL(`../node_modules/${name}/package.json`, import.meta.url));
  return JSON.parse(readFileSync(path, 'utf8')).version;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
