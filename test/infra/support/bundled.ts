import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleFunctions } from '../../../infra/bundling/bundle-functions.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const CACHE = join(ROOT, 'node_modules/.cache/pressrun-functions');

/** A copy of all functions' bundles: made once for all test files, and again when a source or a library has changed. */
export async function copyBundles(folder: string): Promise<void> {
  const made = join(
    CACHE,
    contentOf('{shared,functions,infra/bundling}/**/*.{ts,json}', 'package-lock.json'),
  );
  if (!existsSync(made)) {
    const unfinished = `${made}-${process.pid}`;
    await mkdir(unfinished, { recursive: true });
    await bundleFunctions(unfinished);
    // Another test file may have been quicker: what it made is the same.
    await rename(unfinished, made).catch(() => rm(unfinished, { recursive: true }));
  }
  await cp(made, folder, { recursive: true });
}

function contentOf(...patterns: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of globSync(patterns, { cwd: ROOT }).sort()) {
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(ROOT, path)));
  }
  return hash.digest('hex').slice(0, 16);
}
