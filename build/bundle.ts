import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Bundles command and library into `folder`; each command stays a chunk, loaded when asked for. Returns the input paths. */
export async function bundleCommand(folder: string): Promise<readonly string[]> {
  const { output } = await build({
    cwd: ROOT,
    input: {
      main: 'cli/main.ts',
      process: 'dashboard/thumbnails/process.ts',
      library: 'library/index.ts',
      simulator: 'library/simulator.ts',
      cdk: 'infra/pressrun.ts',
      'cdk-app': 'infra/app.ts',
      'run-cdk': 'infra/run-cdk.ts',
    },
    platform: 'node',
    // The first two bring native code along; the CDK is its user's.
    external: ['sharp', 'vite', /^aws-cdk-lib(\/|$)/, 'constructs'],
    // A library's UMD form does not find its parts in a bundle.
    resolve: { mainFields: ['module', 'main'] },
    output: {
      dir: folder,
      format: 'esm',
      chunkFileNames: '[name].js',
      sourcemap: true,
      // The clients' shared modules import one another in circles: as chunks, one would run before its imports.
      codeSplitting: {
        groups: [
          { name: 'aws-sdk', test: /node_modules[\\/]@(aws-sdk|smithy)[\\/]/ },
          // Of Powertools too, which every worker loads.
          { name: 'invoke-store', test: /node_modules[\\/]@aws[\\/]/, priority: 1 },
        ],
      },
    },
    logLevel: 'warn',
  });
  const modules = output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
  return modules.filter((id) => !id.startsWith('\0'));
}
