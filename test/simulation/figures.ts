import { FAULT_KINDS, type FaultKind } from './faults.ts';
import type { RunResult } from './run.ts';

/** What many runs came to, in sum. */
export interface Figures {
  runs: number;
  lifecycles: number;
  steps: number;
  calls: number;
  charges: number;
  unknown: number;
  virtualMs: number;
  faults: Record<FaultKind, number>;
}

export function noFigures(): Figures {
  const faults = Object.fromEntries(FAULT_KINDS.map((kind) => [kind, 0])) as Record<FaultKind, number>;
  return { runs: 0, lifecycles: 0, steps: 0, calls: 0, charges: 0, unknown: 0, virtualMs: 0, faults };
}

export function addRun(figures: Figures, run: RunResult): void {
  figures.runs += 1;
  figures.lifecycles += run.items;
  figures.steps += run.steps;
  figures.calls += run.calls;
  figures.charges += run.charges;
  figures.unknown += run.unknown;
  figures.virtualMs += run.virtualMs;
  for (const [kind, count] of run.faults) figures.faults[kind] += count;
}

export function addFigures(sum: Figures, more: Figures): void {
  const { faults, ...numbers } = more;
  for (const name of ['runs', 'lifecycles', 'steps', 'calls', 'charges', 'unknown', 'virtualMs'] as const) {
    sum[name] += numbers[name];
  }
  for (const kind of FAULT_KINDS) sum.faults[kind] += faults[kind];
}

/** How far a campaign is, in a line. */
export function progressText({ runs, lifecycles, faults }: Figures, seconds: number): string {
  const sum = FAULT_KINDS.reduce((total, kind) => total + faults[kind], 0);
  const pace = `${whole(lifecycles / Math.max(0.001, seconds))} a second`;
  return `${(seconds / 60).toFixed(1)} min: ${whole(lifecycles)} lifecycles (${pace}), ${whole(runs)} runs, ${whole(sum)} faults`;
}

/** A small table for people. */
export function figuresText(figures: Figures, seconds: number): string {
  const { runs, lifecycles, steps, calls, unknown, virtualMs, faults } = figures;
  const lines: [string, string][] = [
    ['item lifecycles', whole(lifecycles)],
    ['runs', whole(runs)],
    ['steps', whole(steps)],
    ['virtual time', `${whole(virtualMs / 3_600_000)} h`],
    ['calls per item', (calls / Math.max(1, lifecycles)).toFixed(3)],
    ['unknown outcomes', whole(unknown)],
    ['faults', whole(FAULT_KINDS.reduce((sum, kind) => sum + faults[kind], 0))],
    ...FAULT_KINDS.map((kind): [string, string] => [`  ${kind}`, whole(faults[kind])]),
    ['time', `${seconds.toFixed(1)} s, ${whole(lifecycles / Math.max(0.001, seconds))} lifecycles a second`],
  ];
  return lines.map(([name, value]) => `${name.padEnd(18)}${value}`).join('\n');
}

function whole(number: number): string {
  return Math.round(number).toLocaleString('en-US');
}
