import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';

const run = promisify(execFile);

/** Folders from the ground up: each may import from those before it, and from none after it. */
const ORDERS: readonly (readonly string[])[] = [
  [
    'shared/domain',
    'shared/domain/time',
    'shared/domain/calls',
    'shared/domain/money',
    'shared/domain/statement',
    'shared/domain/configuration',
    'shared/domain/item',
    'shared/domain/prompt-file',
    'shared/domain/prompt-file/template',
    'shared/domain/prompt-file/row',
    'shared/domain/prompt-file/request',
    'shared/domain/prompt-file/json',
    'shared/domain/prompt-file/workbook',
    'shared/domain/prompt-file/reader',
    'shared/domain/batch',
    'shared/domain/schedule',
    'shared/provider/scan',
    'shared/provider/picture',
    'shared/provider/http',
    'shared/provider/error',
    'shared/provider/answer',
    'shared/provider/client.ts',
    'shared/pipeline',
    'shared/pipeline/rows',
    'shared/pipeline/batch',
    'shared/pipeline/money',
    'shared/pipeline/reconcile',
    'shared/pipeline/credits',
    'shared/pipeline/rate',
    'shared/pipeline/image',
    'shared/pipeline/finish',
    'shared/pipeline/ingest',
    'shared/pipeline/schedule',
    'shared/pipeline/plan',
    'shared/pipeline/life',
    'shared/aws',
    'shared/aws/dynamo',
    'shared/runtime/files',
    'shared/runtime/memory',
    'shared/runtime',
    'shared/runtime/lambda',
    'functions/generate',
    'local/stage',
    'cli/text',
    'cli/flags',
    'cli/files',
    'cli/stage',
    'cli/commands/control',
    'cli',
  ],
  ['shared/runtime', 'functions/report', 'dashboard', 'cli/stage'],
  ['local/simulator', 'dashboard'],
  ['local/stage', 'library'],
  ['shared/runtime', 'cli/stage', 'library'],
  ['library', 'cli/commands/control'],
  ['dashboard', 'local/disk-store'],
  ['functions/generate', 'functions/sweep'],
  ['functions/sweep', 'functions/generate'],
  ['cli/commands/money', 'cli/commands/control'],
  ['cli/commands/control', 'cli/commands/money'],
  ['shared/aws', 'infra'],
];

describe('a room', () => {
  let copy: string;
  beforeAll(async () => {
    copy = await lintFolder();
  });
  afterAll(() => rm(copy, { recursive: true }));

  test('imports nothing from a room after it: the lint refuses each such import', async () => {
    const planted = ORDERS.flatMap((order) =>
      order
        .filter((room) => !room.endsWith('.ts'))
        .flatMap((room) => order.slice(order.indexOf(room) + 1).map((later) => plant(room, later))),
    );
    for (const { path, text } of planted) await write(join(copy, path), text);

    const refused = await lint(copy, 'style/noRestrictedImports');

    expect(planted.filter(({ path }) => !refused.includes(`/${path},`)).map(({ path }) => path)).toEqual([]);
  });

  test('has a rule of its own, wherever there is source', async () => {
    const folders = new Set(globSync('{shared,functions,local,cli,dashboard,infra}/**/*.ts').map(dirname));
    folders.delete('shared');
    const planted = [...folders].map((folder) =>
      plant(folder, folder === 'cli' ? 'cli/commands/none' : 'cli'),
    );
    for (const { path, text } of planted) await write(join(copy, path), text);

    const refused = await lint(copy, 'style/noRestrictedImports');

    expect(planted.filter(({ path }) => !refused.includes(`/${path},`)).map(({ path }) => path)).toEqual([]);
  });
});

describe('a switch over a union', () => {
  test('with a default is refused, and one that misses a case', async () => {
    const copy = await lintFolder();
    onTestFinished(() => rm(copy, { recursive: true }));
    const union = `type State = 'open' | 'closed';\n\n`;
    const planted = {
      'default.ts': `case 'open': return 1; default: return 2;`,
      'missing.ts': `case 'open': return 1;`,
      'complete.ts': `case 'open': return 1; case 'closed': return 2;`,
    };
    for (const [name, cases] of Object.entries(planted)) {
      const text = `${union}export function of(state: State): number | undefined { switch (state) { ${cases} } }\n`;
      await write(join(copy, 'shared/domain/item', name), text);
    }

    const refused = await lint(copy, 'nursery/useExhaustiveSwitchCases');

    expect(Object.keys(planted).filter((name) => refused.includes(`/${name},`))).toEqual([
      'default.ts',
      'missing.ts',
    ]);
  });
});

/** An empty folder with the project's rules. */
async function lintFolder(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'rooms-'));
  for (const name of ['biome.json', '.gitignore']) await copyFile(name, join(copy, name));
  return copy;
}

/** A file of one room that imports from another; named after both. */
function plant(room: string, other: string): { readonly path: string; readonly text: string } {
  const path = `${room}/imports-${other.replaceAll(/\W+/g, '-')}.ts`;
  const target = relative(room, other.endsWith('.ts') ? other : `${other}/planted.ts`);
  const specifier = target.startsWith('.') ? target : `./${target}`;
  return { path, text: `import { planted } from '${specifier}';\n\nexport const value = planted;\n` };
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

/** Names the files that a rule refuses. */
async function lint(folder: string, rule: string): Promise<string> {
  const program = resolve('node_modules/@biomejs/biome/bin/biome');
  const args = ['lint', `--only=${rule}`, '--max-diagnostics=none', '--reporter=github', '.'];
  const options = { cwd: folder, maxBuffer: 64 * 2 ** 20 };
  const output = await run(process.execPath, [program, ...args], options).catch((error) => error);
  return String(output.stdout).replaceAll('\\', '/');
}
