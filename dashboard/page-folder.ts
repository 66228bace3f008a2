import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the built page. A checkout builds it on first use and when sources change. Throws if the build fails. */
export async function pageFolder(): Promise<string> {
  if (!import.meta.url.endsWith('.ts')) return fileURLToPath(new URL('./page', import.meta.url));
  const cache = fileURLToPath(new URL('../node_modules/.cache/pressrun', import.meta.url));
  const folder = join(cache, `page-${await hashOfSources()}`);
  if (existsSync(folder)) return folder;
  const unfinished = join(cache, `unfinished-${randomUUID()}`);
  await mkdir(cache, { recursive: true });
  await buildPage(unfinished);
  // Another process may have built the same meanwhile.
  await rename(unfinished, folder).catch(() => rm(unfinished, { recursive: true, force: true }));
  return folder;
}

/** Builds the page with Vite: no inline script or style, so that the strictest content security policy holds. */
export async function buildPage(outDir: string): Promise<void> {
  const { build } = await import('vite').catch((cause: unknown) => {
    throw new Error(
      'the page is not built and Vite is not installed: run `npm ci` with its dev dependencies',
      {
        cause,
      },
    );
  });
  await build({
    configFile: false,
    root: fileURLToPath(new URL('./page', import.meta.url)),
    logLevel: 'warn',
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2023',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
    },
  });
}

const SOURCES = ['./page', './api'];

async function hashOfSources(): Promise<string> {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    const folder = fileURLToPath(new URL(source, import.meta.url));
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const paths = entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));
    for (const path of paths.sort()) hash.update(path.slice(folder.length)).update(await readFile(path));
  }
  return hash.digest('hex').slice(0, 16);
}
