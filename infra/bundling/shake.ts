import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

/**
 * Drops from a bundle what esbuild leaves in: it takes an object with a computed key, of which the SDK's schemas are made,
 * for a side effect, so every operation of S3 stays. Rolldown sees that the keys are constants. The source map then leads from
 * here to the sources.
 */
export async function shake(folder: string): Promise<void> {
  const path = join(folder, 'index.mjs');
  const [code, map] = await Promise.all([readFile(path, 'utf8'), readFile(`${path}.map`, 'utf8')]);
  const bundle = await rolldown({
    input: path,
    platform: 'node',
    plugins: [{ name: 'from-esbuild', load: (id) => (id === path ? { code, map } : null) }],
  });
  await bundle.write({
    file: path,
    format: 'esm',
    minify: true,
    sourcemap: true,
    sourcemapExcludeSources: true,
  });
  await bundle.close();
}
