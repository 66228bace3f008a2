import { cp, glob, readFile, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

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

/** Copies what the checks need; dependencies are linked. */
export async function copySource(to: string): Promise<void> {
  for (const name of COPIED) await cp(join(ROOT, name), join(to, name), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(to, 'node_modules'));
}

type Planted =
  | { readonly kind: 'planted'; readonly file: string; readonly undo: () => Promise<void> }
  | { readonly kind: 'missing'; readonly why: string };

/**
 * Plants a mistake, where its text stands first: however its lines are broken, with any name for each `…`, and in a file of
 * that name elsewhere where the file has moved. A text that the source has no longer is told.
 */
export async function plant(
  copy: string,
  { file, search, replace }: { readonly file: string; readonly search: string; readonly replace: string },
): Promise<Planted> {
  const words = search.trim().split(/\s+/);
  const pattern = new RegExp(words.map(escaped).join('\\s+'));
  const places: { path: string; source: string }[] = [];
  for await (const path of glob([file, `shared/**/${basename(file)}`], { cwd: copy })) {
    if (places.some((place) => place.path === path)) continue;
    const source = await readFile(join(copy, path), 'utf8');
    if (pattern.test(source)) places.push({ path, source });
  }
  const place = places.find(({ path }) => path === file) ?? places[0];
  if (place === undefined) return { kind: 'missing', why: 'the source has no such text' };
  const target = join(copy, place.path);
  await writeFile(
    target,
    place.source.replace(pattern, () => replace),
  );
  return { kind: 'planted', file: place.path, undo: () => writeFile(target, place.source) };
}

function escaped(text: string): string {
  return text.replaceAll(/[\^$.*+?()[\]{}|]/g, '\\$&').replaceAll('…', '\\w+');
}
