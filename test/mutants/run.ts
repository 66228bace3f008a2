/** `npm run test:mutants`: plants mistakes one by one in a copy of the source, and prints which check finds each, and when. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod/mini';
import { type Check, simulation, testsOf, tryCheck } from './checks.ts';
import { copySource, plant } from './plant.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '120' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '1' },
    to: { type: 'string', default: '1000' },
    /** Several by their numbers, as in `--only 3,17`. */
    only: { type: 'string' },
    /** Leaves out the tests of what the simulation does not find. */
    'simulation-only': { type: 'boolean', default: false },
  },
});

const mutants = z.array(z.object({ file: z.string(), search: z.string(), replace: z.string() }));
type Mutant = z.infer<typeof mutants>[number];
type Finder = Check['name'] | 'nothing' | 'not planted';

const found: Record<Finder, number> = { simulation: 0, tests: 0, nothing: 0, 'not planted': 0 };
const copy = await mkdtemp(join(tmpdir(), 'pressrun-mutants-'));
const all = mutants.parse(JSON.parse(await readFile(new URL('./mutants.json', import.meta.url), 'utf8')));
const numbers = values.only?.split(',').map(Number) ?? all.map((_, index) => index + 1);
const isChosen = (number: number) => number >= Number(values.from) && number <= Number(values.to);
try {
  await copySource(copy);
  for (const number of numbers.filter(isChosen)) {
    const mutant = all[number - 1];
    if (mutant !== undefined) await report(number, mutant);
  }
} finally {
  await rm(copy, { recursive: true, force: true });
}
const planted = found.simulation + found.tests + found.nothing;
const share = ((100 * found.simulation) / Math.max(1, planted)).toFixed(1);
console.log(
  `${planted} mistakes: ${found.simulation} found by the simulation (${share} %), ${found.tests} by tests alone, ` +
    `${found.nothing} by nothing; ${found['not planted']} not planted`,
);
process.exitCode = found.nothing === 0 ? 0 : 1;

async function report(number: number, mutant: Mutant): Promise<void> {
  const { by, seconds, said } = await tryOut(mutant);
  found[by] += 1;
  const [line = ''] = mutant.search.trim().split('\n');
  console.log([number, by, `${seconds} s`, mutant.file, line.trim(), said].join('\t'));
}

/** The simulation has to find all; where it does not, the tests of the file's folder are asked. */
async function tryOut(mutant: Mutant): Promise<{ by: Finder; seconds: number; said: string }> {
  const planted = await plant(copy, mutant);
  if (planted.kind === 'missing') return { by: 'not planted', seconds: 0, said: planted.why };
  const startedMs = performance.now();
  const seconds = () => Math.round((performance.now() - startedMs) / 1_000);
  try {
    const tests = values['simulation-only'] ? [] : [testsOf(planted.file)];
    for (const check of [simulation(Number(values.seconds), values.seed), ...tests]) {
      const result = await tryCheck(copy, check);
      if (result.found) return { by: check.name, seconds: seconds(), said: result.said };
    }
    return { by: 'nothing', seconds: seconds(), said: '' };
  } finally {
    await planted.undo();
  }
}
