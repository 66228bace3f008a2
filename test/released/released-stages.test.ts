import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { TableRow } from '../../shared/pipeline/ports.ts';
import { versionedTable } from '../../shared/runtime/versioned-table.ts';
import { memoryTable } from '../simulation/memory/memory-table.ts';
import { collect } from '../support/collect.ts';
import { useWorlds, type World } from '../support/world.ts';
import { fillStage, readStage } from './stage.ts';

/**
 * Each folder is a stage as that release left it: its rows as JSON lines, and what it read of them. The last test leaves
 * such a folder of this version: a release copies it from there.
 */
const RELEASES = readdirSync(new URL('.', import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

const freshWorld = useWorlds();

describe.each(RELEASES)('a stage of release %s', (release) => {
  test('is read as it was read then', async () => {
    const world = withTable(await freshWorld());
    for (const row of rowsOf(release)) await world.effects.table.write([{ kind: 'put', row }]);

    const read = JSON.parse(jsonOf(await readStage(world.effects)));

    expect(read).toMatchObject(JSON.parse(readFileSync(fileOf(release, 'read.json'), 'utf8')));
  });
});

describe('a stage of this version', () => {
  test('has rows of every kind that the newest release has', async () => {
    const world = withTable(await freshWorld());

    await fillStage(world);

    keep(world.rows(), await readStage(world.effects));
    const newest = kindsOf(rowsOf(RELEASES.at(-1) ?? ''));
    expect(kindsOf(world.rows())).toEqual(expect.arrayContaining(newest));
  });

  test('is refused by an older pressrun, in one line that names the version to use', async () => {
    const memory = memoryTable();
    const [newer, older] = [versionedTable(memory, '0.10.0'), versionedTable(memory, '0.9.12')];
    const key = { pk: 'BATCH#b', sk: 'BATCH' };
    await newer.write([{ kind: 'put', row: { ...key, state: 'running' } }]);

    const message =
      'this stage was written by a newer pressrun (row BATCH#b / BATCH): use pressrun 0.10.0 or later';
    await expect(older.get(key)).rejects.toThrow(message);
    await expect(collect(older.query({ pk: key.pk, fields: ['state'] }))).rejects.toThrow(message);
    await expect(newer.get(key)).resolves.toMatchObject({ state: 'running' });
  });

  test('reads rows that it wrote, and rows without a version', async () => {
    const memory = memoryTable();
    const [newer, older] = [versionedTable(memory, '1.0.0'), versionedTable(memory, '0.9.0')];
    const [own, plain] = [
      { pk: 'a', sk: '1' },
      { pk: 'a', sk: '2' },
    ];
    await older.write([{ kind: 'put', row: { ...own, state: 'queued' } }]);
    await newer.write([
      { kind: 'update', key: own, set: { state: 'done' } },
      { kind: 'update', key: plain, add: { done: 1 } },
    ]);

    expect(await collect(older.query({ pk: 'a' }))).toEqual([
      { ...own, state: 'done', v: '0.9.0' },
      { ...plain, done: 1 },
    ]);
  });
});

/** Where a release finds the stage to keep. */
const KEPT = new URL('../../node_modules/.cache/pressrun-stage/', import.meta.url);

function keep(rows: readonly TableRow[], read: unknown): void {
  mkdirSync(KEPT, { recursive: true });
  writeFileSync(new URL('rows.jsonl', KEPT), `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`);
  writeFileSync(new URL('read.json', KEPT), `${jsonOf(read)}\n`);
}

/** Dollars are exact decimals, whose digits JSON has no number for. */
function jsonOf(read: unknown): string {
  return JSON.stringify(read, (_, value) => (typeof value === 'bigint' ? String(value) : value));
}

function withTable<Some extends Pick<World, 'effects'>>(world: Some) {
  const memory = memoryTable();
  return {
    ...world,
    effects: { ...world.effects, table: versionedTable(memory) },
    rows: () => [...memory.rows()],
  };
}

function rowsOf(release: string): TableRow[] {
  const lines = readFileSync(fileOf(release, 'rows.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line));
}

function fileOf(release: string, name: string): URL {
  return new URL(`${release}/${name}`, import.meta.url);
}

/** Keys without what names one batch, item or day. */
function kindsOf(rows: Iterable<TableRow>): string[] {
  const kinds = Array.from(rows, ({ pk, sk }) => `${pk.split('#')[0]} ${/^[A-Z]*/.exec(sk)?.[0]}`);
  return [...new Set(kinds)].toSorted();
}
