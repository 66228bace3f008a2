/** `npm run test:mutants`: plants mistakes one by one in a copy of the source, and prints which check finds each, and when. */
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as z from 'zod/mini';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const COPIED = [
  'package.json',
  'tsconfig.json',
  'vitest.config.ts',
  'shared',
  'functions',
  'local',
  'cli',
  'test',
  'examples',
  'dashboard',
  'infra',
];
const mutants = z.array(z.object({ file: z.string(), search: z.string(), replace: z.string() }));

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '120' },
    from: { type: 'string', default: '1' },
    to: { type: 'string', default: '1000' },
  },
});

/** The checks, the simulation first. It prints how many promises were broken; a test run fails. */
const CHECKS = [
  { name: 'simulation', argv: ['test/simulation/main.ts', '--seconds', values.seconds, '--workers', '1'] },
  {
    name: 'tests',
    argv: [
      'node_modules/vitest/vitest.mjs',
      'run',
      'test/domain',
      'test/pipeline',
      'test/simulation',
      '--bail',
      '1',
    ],
  },
] as const;

const all = mutants.parse(JSON.parse(await readFile(new URL('./mutants.json', import.meta.url), 'utf8')));
const chosen = all.slice(Number(values.from) - 1, Number(values.to));
const found = { simulation: 0, tests: 0, nothing: 0 };
const copy = await mkdtemp(join(tmpdir(), 'pressrun-mutants-'));
try {
  for (const name of COPIED) await cp(join(ROOT, name), join(copy, name), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  for (const [index, mutant] of chosen.entries()) {
    const { by, seconds } = await tryOut(mutant);
    found[by] += 1;
    const [line = ''] = mutant.search.trim().split('\n');
    console.log(`${Number(values.from) + index}\t${by}\t${seconds} s\t${mutant.file}\t${line}`);
  }
} finally {
  await rm(copy, { recursive: true, force: true });
}
console.log(
  `${chosen.length} mistakes: ${found.simulation} found by the simulation, ${found.tests} by tests alone, ${found.nothing} by nothing`,
);
process.exitCode = found.nothing === 0 ? 0 : 1;

async function tryOut({ file, search, replace }: z.infer<typeof mutants>[number]) {
  const path = join(copy, file);
  const source = await readFile(path, 'utf8');
  if (!source.includes(search)) throw new Error(`${file} has no longer: ${search}`);
  await writeFile(path, source.replace(search, replace));
  const startedMs = performance.now();
  try {
    for (const { name, argv } of CHECKS) {
      if (await finds(argv))
        return { by: name, seconds: Math.round((performance.now() - startedMs) / 1_000) };
    }
    return { by: 'nothing' as const, seconds: Math.round((performance.now() - startedMs) / 1_000) };
  } finally {
    await writeFile(path, source);
  }
}

/** A check finds a mistake by failing, or by counting violations. */
function finds(argv: readonly string[]): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, argv, { cwd: copy, stdio: ['ignore', 'pipe', 'ignore'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve(code !== 0 || /^violations +[1-9]/m.test(text)));
  });
}
