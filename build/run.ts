/** `npm run build`: the command and its page as built files in `dist` (or the folder that is named), as `cli/bin.js` takes them. */
import { globSync, statSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPage } from '../dashboard/page-folder.ts';
import { bundleCommand } from './bundle.ts';
import { licensesOf } from './licenses.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const [, , folder = join(ROOT, 'dist')] = process.argv;

// Others who start the command meanwhile find all old files, or none.
const unfinished = `${folder}-unfinished`;
await rm(unfinished, { recursive: true, force: true });
await mkdir(unfinished, { recursive: true });
const modules = await bundleCommand(unfinished);
await buildPage(join(unfinished, 'page'));
await writeFile(join(unfinished, 'LICENSES.txt'), licensesOf(modules));
await writeFile(join(unfinished, 'sources.json'), JSON.stringify(sourcesOf(modules)));
await rm(folder, { recursive: true, force: true });
await rename(unfinished, folder);

/** Size and time of what the files were built from: `cli/bin.js` takes them for as long as that is unchanged. */
function sourcesOf(modules: readonly string[]): Record<string, readonly [bytes: number, changedMs: number]> {
  const ours = modules.map((path) => relative(ROOT, path)).filter((path) => !path.includes('node_modules'));
  const page = globSync(['dashboard/{page,api}/**/*.*'], { cwd: ROOT });
  const paths = new Set([...ours, ...page, 'package-lock.json'].map((path) => path.split(sep).join('/')));
  return Object.fromEntries(
    [...paths].sort().map((path) => {
      const { size, mtimeMs } = statSync(join(ROOT, path));
      return [path, [size, mtimeMs]];
    }),
  );
}
