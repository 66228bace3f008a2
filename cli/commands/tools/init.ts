import { mkdir, writeFile } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { errorCode } from '../../../shared/domain/error-code.ts';
import { CONFIGURATION_FILE } from '../../../shared/runtime/find-configuration.ts';
import { packagePath } from '../../../shared/version.ts';
import type { Act, GlobalOptions } from '../../command.ts';
import { EXIT } from '../../exit-codes.ts';
import { addHelp } from '../../flags/help.ts';

const PROMPTS_FILE = 'prompts.csv';

/** `pressrun init [folder]`. Keeps existing files. */
export function defineInit(command: Command, act: Act): void {
  addHelp(command, HELP).action(
    act(async ({ out }, folder: string | undefined, _options: GlobalOptions) => {
      const at = folder ?? '.';
      await mkdir(at, { recursive: true });
      const written = [];
      for (const [name, content] of [
        [CONFIGURATION_FILE, configuration(schemaFrom(at))],
        [PROMPTS_FILE, PROMPTS],
      ] as const) {
        const path = join(at, name);
        if (await writeNew(path, content)) written.push(path);
        else out.say(`${path} exists; kept as it is`);
      }
      const lines = written.map((path) => `Wrote ${path}`);
      out.result([...lines, '', `Next: pressrun plan ${join(at, PROMPTS_FILE)}`].join('\n'), { written });
      return EXIT.ok;
    }),
  );
}

/** The schema's path from a folder, also across the drives of Windows. */
function schemaFrom(folder: string): string {
  const path = relative(resolve(folder), packagePath('schemas/config.schema.json'));
  return (isAbsolute(path) || path.startsWith('.') ? path : `./${path}`).replaceAll('\\', '/');
}

async function writeNew(path: string, content: string): Promise<boolean> {
  try {
    await writeFile(path, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

const HELP = {
  examples: `  $ pressrun init
  $ pressrun init campaigns/spring`,
};

const PROMPTS = `id,prompt,aspect_ratio
fox,"A red fox in fresh snow, soft morning light",3:2
harbour,"A small harbour at dusk, watercolour",16:9
teapot,"A blue enamel teapot on a plain background, product photo",1:1
`;

const configuration = (schema: string) => `{
  // Editors check this file against the schema and explain each name.
  "$schema": ${JSON.stringify(schema)},

  // Values for whatever a row or a flag leaves open.
  "defaults": {
    "model": "gemini-3.1-flash-image-preview",
    "itemsAtOnce": 16
  },

  // core-today is built in; its key is read from CORE_TODAY_API_KEY or from .env beside this file.
  // Any other OpenAI-style server takes a few lines:
  // "providers": {
  //   "my-gateway": { "baseUrl": "https://gateway.example.com/v1", "keyVariable": "MY_GATEWAY_KEY" }
  // },
  // "models": {
  //   "my-model": { "provider": "my-gateway", "sendAs": "vendor/image-model" }
  // },
  // "prices": [
  //   { "name": "my-model-2026", "model": "my-model", "from": "2026-01-01", "source": "price page",
  //     "usdPerMillion": { "input": 0.5, "text": 3, "image": 60 } }
  // ]
}
`;
