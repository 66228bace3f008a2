import { execFileSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { StageSettings } from '../settings.ts';
import { keyStoresOf } from './provider-key.ts';

/** Beside the code of each function, so that both are deployed as one. */
export const BUNDLED_CONFIGURATION = 'pressrun.config.json';

/** An installed package brings bundled functions along; a source checkout bundles them when it is synthesized. */
const IS_CHECKOUT = import.meta.url.endsWith('.ts');
const BUNDLED = fileURLToPath(new URL('../lambda/', import.meta.url));
const BUNDLE = fileURLToPath(new URL('../bundling/bundle.ts', import.meta.url));

/** A function's bundle, with the stage's configuration laid beside it. No Docker is asked for. */
export function functionCode(name: string, settings: StageSettings): Code {
  const configuration = JSON.stringify(settings.configuration);
  const args = [name, ...withoutUnusedStores(settings)];
  return Code.fromAsset(fileURLToPath(new URL('.', import.meta.url)), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('unused'),
      // Nobody runs it: by it, CDK tells apart what was bundled before.
      command: [...args, configuration ?? ''],
      local: {
        tryBundle(folder) {
          if (IS_CHECKOUT) {
            execFileSync(process.execPath, [BUNDLE, folder, ...args], { stdio: ['ignore', 2, 2] });
          } else {
            cpSync(join(BUNDLED, name), folder, { recursive: true });
          }
          if (configuration !== undefined) writeFileSync(join(folder, BUNDLED_CONFIGURATION), configuration);
          return true;
        },
      },
    },
  });
}

function withoutUnusedStores(settings: StageSettings): string[] {
  const used = keyStoresOf(settings);
  const unused = (['secretsmanager', 'ssm'] as const).filter((store) => !used.has(store));
  return unused.flatMap((store) => ['--without', store]);
}
