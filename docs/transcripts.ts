/**
 * `npm run docs:run`: runs every command that the guide shows, page by page, in a folder with the files that the page shows, and
 * puts in what they print. With `--check` it changes nothing, and fails where a page shows something else.
 */
import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { ENVIRONMENT } from '../shared/runtime/config.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** All that show a session. Each begins in an empty folder with the examples. */
const PAGES = ['README.md', ...globSync('docs/*.md', { cwd: ROOT }).toSorted()].filter((path) =>
  /^```console$/m.test(readFileSync(join(ROOT, path), 'utf8')),
);

/** A fenced block of a page: a file that it shows (```csv NAME), or a session with commands (```console). */
type Block = { readonly lines: readonly string[]; readonly first: number } & (
  | { readonly kind: 'file'; readonly name: string }
  | { readonly kind: 'session' }
);

interface Command {
  /** As the page shows it, with its `$ ` and the lines that it continues in. */
  readonly shown: readonly string[];
  readonly output: readonly string[];
}

function blocksOf(page: string): Block[] {
  const lines = page.split('\n');
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const fence = /^```(\w+)(?: (\S+))?$/.exec(lines[at] ?? '');
    if (fence === null) continue;
    const end = lines.indexOf('```', at + 1);
    const [, language, name] = fence;
    const inside = { lines: lines.slice(at + 1, end), first: at + 1 };
    if (language === 'console') blocks.push({ kind: 'session', ...inside });
    else if (name !== undefined) blocks.push({ kind: 'file', name, ...inside });
    at = end;
  }
  return blocks;
}

function commandsOf(lines: readonly string[]): Command[] {
  const commands: { shown: string[]; output: string[] }[] = [];
  for (const line of lines) {
    const last = commands.at(-1);
    if (line.startsWith('$ ')) commands.push({ shown: [line], output: [] });
    else if (last?.shown.at(-1)?.endsWith('\\') && last.output.length === 0) last.shown.push(line);
    else last?.output.push(line);
  }
  return commands;
}

const MARK = '@@ a command of the page @@';

/** Runs the commands of a session in one shell; gives what each printed on stdout and stderr, in the order of time. */
async function outputsOf(commands: readonly Command[], folder: string): Promise<string[][]> {
  const script = commands
    .map(({ shown }) => `__code=$?; echo '${MARK}'; (exit $__code)\n${shown.join('\n').slice('$ '.length)}`)
    .join('\n');
  const env = {
    PATH: [join(folder, '.bin'), ENVIRONMENT.PATH].join(delimiter),
    HOME: folder,
    NO_COLOR: '1',
    TZ: 'UTC',
    LANG: 'C.UTF-8',
  };
  const { stdout } = await run('bash', ['-c', `exec 2>&1\n${script}\nexit 0`], { cwd: folder, env });
  return stdout
    .split(`${MARK}\n`)
    .slice(1)
    .map((text) => text.trimEnd().split('\n'));
}

/** What differs from run to run, whoever runs it. */
const CHANGES: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?Z?)?/g, 'DATE'],
  [/\b\d{8}t\d{4}\b/g, 'DATE'],
  [/\b\d\d:\d\d\b/g, 'TIME'],
  [/\b[\d.,]+ (s|ms|min|h)\b/g, 'A WHILE'],
  [/\b[\d.,]+ GB free\b/g, 'SO MUCH free'],
  [/\bv\d+\.\d+\.\d+\b/g, 'VERSION'],
  [/\b[\d.,]+ [kM]B\b/g, 'SO MUCH'],
  [/-[0-9a-f]{12}-[0-9a-f]{10}\b/g, '-ID'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, 'ID'],
  [/ user \S+/g, ' user NAME'],
  // Which item meets a budget first is chance.
  [/may cost [\d.]+/g, 'may cost SO MUCH'],
  [/127\.0\.0\.1:\d+/g, 'ADDRESS'],
  [/ +/g, ' '],
];

/** Lines that tell how far a run is: how many there are hangs on the moment. */
const PROGRESS = /^(\d[\d,]*(\/[\d,]+ images| so far)\b|\S+: (ingesting|running|finishing), )/;

function comparable(line: string): string {
  return CHANGES.reduce((text, [from, to]) => text.replaceAll(from, to), line.trimEnd());
}

/** Whether a page's lines are those that were printed; `…` at the beginning of a line stands for any number of lines. */
function matches(shown: readonly string[], printed: readonly string[]): boolean {
  const [head, ...rest] = shown;
  if (head === undefined) return printed.every((line) => line === '');
  if (/^\s*…/.test(head)) {
    return Array.from({ length: printed.length + 1 }, (_, at) => at).some((at) =>
      matches(rest, printed.slice(at)),
    );
  }
  const [first, ...others] = printed;
  return first !== undefined && comparable(head) === comparable(first) && matches(rest, others);
}

interface Difference {
  readonly line: number;
  readonly shown: readonly string[];
  readonly printed: readonly string[];
}

/** Runs a page in a folder of its own; gives where it shows something else, and the page as it should be. */
async function runPage(
  path: string,
): Promise<{ differences: Difference[]; mended: string; commands: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'pressrun-page-'));
  try {
    await cp(join(ROOT, 'examples'), join(folder, 'examples'), { recursive: true });
    await mkdir(join(folder, '.bin'));
    const npx = join(folder, '.bin/npx');
    await writeFile(npx, `#!/bin/sh\nshift\nexec '${process.execPath}' '${join(ROOT, 'cli/bin.js')}' "$@"\n`);
    await chmod(npx, 0o755);
    return await runBlocks(await readFile(join(ROOT, path), 'utf8'), folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function runBlocks(page: string, folder: string) {
  const lines = page.split('\n');
  const differences: Difference[] = [];
  let count = 0;
  let shift = 0;
  for (const block of blocksOf(page)) {
    if (block.kind === 'file') {
      await writeFile(join(folder, block.name), `${block.lines.join('\n')}\n`);
      continue;
    }
    const commands = commandsOf(block.lines);
    const outputs = await outputsOf(commands, folder);
    count += commands.length;
    const right = commands.map(({ shown, output }, at) => {
      const printed = (outputs[at] ?? [])
        .filter((line) => !PROGRESS.test(line))
        .map((line) => line.replaceAll(folder, '.'));
      if (matches(output, printed)) return [...shown, ...output];
      differences.push({ line: block.first + 1, shown: [...shown, ...output], printed });
      return [...shown, ...printed];
    });
    lines.splice(block.first + shift, block.lines.length, ...right.flat());
    shift += right.flat().length - block.lines.length;
  }
  return { differences, mended: lines.join('\n'), commands: count };
}

const { values, positionals } = parseArgs({
  options: { check: { type: 'boolean' } },
  allowPositionals: true,
});
let passed = 0;
let failed = 0;
for (const path of positionals.length === 0 ? PAGES : positionals) {
  const { differences, mended, commands } = await runPage(path);
  passed += commands - differences.length;
  failed += values.check ? differences.length : 0;
  for (const { line, shown, printed } of differences) {
    console.log(`${path}:${line}\n${shown.join('\n')}\n--- prints\n${printed.join('\n')}\n`);
  }
  if (!values.check) await writeFile(join(ROOT, path), mended);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
