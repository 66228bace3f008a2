import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { shake } from './shake.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LAMBDA = `${ROOT}shared/runtime/lambda/`;
const KEY_STORES = { secretsmanager: '@aws-sdk/client-secrets-manager', ssm: '@aws-sdk/client-ssm' } as const;

/** Bundles one function into a folder, as Lambda runs it: `index.mjs` and its source map. */
async function bundleFunction(name: string, folder: string, unusedStores: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: [`${ROOT}functions/${name}/lambda.ts`],
    outfile: join(folder, 'index.mjs'),
    absWorkingDir: ROOT,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'warning',
    alias: {
      '@aws-sdk/credential-provider-node': `${LAMBDA}environment-credentials.ts`,
      '@smithy/core/event-streams': `${LAMBDA}no-event-streams.ts`,
      'mnemonist/lru-cache': `${LAMBDA}endpoint-map.ts`,
      ...Object.fromEntries(
        Object.entries(KEY_STORES)
          .filter(([store]) => unusedStores.includes(store))
          .map(([, client]) => [client, `${LAMBDA}no-key-store.ts`]),
      ),
    },
  });
  await shake(folder);
}

// bundle.ts FOLDER NAME… [--without ssm|secretsmanager]: as a process of its own, since CDK can't wait for a promise.
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { without: { type: 'string', multiple: true, default: [] } },
});
const [folder, ...names] = positionals;
if (folder === undefined || names.length === 0) throw new Error('usage: bundle.ts FOLDER NAME…');
const [only] = names;
if (names.length === 1 && only !== undefined) await bundleFunction(only, folder, values.without);
else await Promise.all(names.map((name) => bundleFunction(name, join(folder, name), values.without)));
