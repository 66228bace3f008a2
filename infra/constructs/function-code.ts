import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { StageSettings } from '../settings.ts';

/** Beside the code of each function, so that both are deployed as one. */
export const BUNDLED_CONFIGURATION = 'pressrun.config.json';

/** An installed package brings bundled functions along. */
const BUNDLED = fileURLToPath(new URL('../lambda/', import.meta.url));

/** The bundler, seen from this module's sources or `dist`; undefined in an installed package. A checkout always bundles anew. */
export function bundlerBeside(moduleUrl: string): string | undefined {
  return ['../bundling/bundle.ts', '../infra/bundling/bundle.ts']
    .map((path) => fileURLToPath(new URL(path, moduleUrl)))
    .find((path) => existsSync(path));
}

/** A function's bundle, with the stage's configuration laid beside it. No Docker is asked for. */
export function functionCode(name: string, { configuration }: StageSettings): Code {
  const laid = JSON.stringify(configuration);
  return Code.fromAsset(fileURLToPath(new URL('.', import.meta.url)), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('unused'),
      // Nobody runs it: by it, CDK tells apart what was bundled before.
      command: [name, laid ?? ''],
      local: {
        tryBundle(folder) {
          cpSync(join(bundled(), name), folder, { recursive: true });
          if (laid !== undefined) writeFileSync(join(folder, BUNDLED_CONFIGURATION), laid);
          return true;
        },
      },
    },
  });
}

let bundledHere: string | undefined;

/** The folder with all functions' bundles: those of a checkout are made once a process. */
function bundled(): string {
  const bundler = bundlerBeside(import.meta.url);
  if (bundler === undefined) return BUNDLED;
  if (bundledHere === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'pressrun-lambda-'));
    execFileSync(process.execPath, [bundler, folder], { stdio: ['ignore', 2, 2] });
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    bundledHere = folder;
  }
  return bundledHere;
}
