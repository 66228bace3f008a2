import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { withoutJsHashes } from './js-hashes.ts';
import { withoutUnknownErrors } from './known-errors.ts';

export const FUNCTION_NAMES = ['generate', 'ingest', 'report', 'schedule', 'sweep', 'webhook'] as const;
export type FunctionName = (typeof FUNCTION_NAMES)[number];

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const STAND_INS = `${ROOT}infra/bundling/stand-ins`;

const SDK = /[\\/](node_modules[\\/]@(aws-sdk|smithy)|stand-ins)[\\/]/;

/** Bundles all functions, each into its folder below `folder`. */
export async function bundleFunctions(folder: string): Promise<void> {
  for (const name of FUNCTION_NAMES) await bundleEntry(`functions/${name}/lambda.ts`, join(folder, name));
}

/** Bundles one entry: `index.mjs` and chunks for what it imports later. Includes the SDK, so that what is tested is what runs. */
export async function bundleEntry(entry: string, folder: string): Promise<void> {
  const bundle = await rolldown({
    cwd: ROOT,
    input: { index: entry },
    platform: 'node',
    resolve: {
      mainFields: ['module', 'main'],
      alias: {
        '@aws-sdk/credential-provider-node': `${STAND_INS}/environment-credentials.ts`,
        '@smithy/core/event-streams': `${STAND_INS}/no-event-streams.ts`,
        'mnemonist/lru-cache': `${STAND_INS}/endpoint-map.ts`,
      },
    },
    plugins: [withoutUnknownErrors, withoutJsHashes],
    // No module of ours or of a library does anything by reading a property when it is loaded. (CommonJS ones do by setting one.)
    treeshake: { propertyReadSideEffects: false },
  });
  await bundle.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name]-[hash].mjs',
    // The SDK's modules import one another in circles: those of the start stay together, so that none runs before what it needs.
    codeSplitting: { groups: [{ name: 'aws-sdk', test: SDK, tags: ['$initial'] }] },
    minify: true,
    sourcemap: true,
    sourcemapExcludeSources: true,
    sourcemapPathTransform: (source, map) => fromRoot(resolve(dirname(map), source)),
  });
  await bundle.close();
}

function fromRoot(path: string): string {
  return relative(ROOT, path).split(sep).join('/');
}
