import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The licenses of a bundle's libraries, each once, as their terms ask. */
export function licensesOf(modules: readonly string[]): string {
  const folders = new Set(modules.flatMap((path) => packageFolder(path) ?? []));
  const notices = new Map([...folders].sort().map((folder) => noticeOf(folder)));
  return [...notices].map(([name, text]) => `${name}\n\n${text}\n`).join(`\n${'-'.repeat(80)}\n\n`);
}

function packageFolder(path: string): string | undefined {
  return /^.*[/\\]node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+(?=[/\\])/.exec(path)?.[0];
}

function noticeOf(folder: string): [name: string, text: string] {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const [file] = globSync('{license,licence,LICENSE,LICENCE,License}*', { cwd: folder });
  const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim();
  return [`${name} ${version} (${license})`, text];
}
