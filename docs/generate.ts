import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandsPage } from './pages/commands.ts';
import { configurationPage } from './pages/configuration.ts';
import { configurationJsonSchema } from './pages/configuration-schema.ts';
import { FILE_SCHEMAS, fileJsonSchema } from './pages/file-schemas.ts';
import { providerAnswersPage } from './pages/provider-answers.ts';

/** A file of the repository that is made from the code, so that it can't say anything else. */
interface GeneratedFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly content: () => string | Promise<string>;
}

export const GENERATED: readonly GeneratedFile[] = [
  { path: 'docs/commands.md', content: commandsPage },
  { path: 'docs/configuration.md', content: configurationPage },
  { path: 'docs/provider-answers.md', content: providerAnswersPage },
  { path: 'schemas/config.schema.json', content: () => asJson(configurationJsonSchema()) },
  ...Object.entries(FILE_SCHEMAS).map(([name, schema]) => ({
    path: `schemas/${name}.schema.json`,
    content: () => asJson(fileJsonSchema(name, schema)),
  })),
];

function asJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

// npm run docs
if (import.meta.main) {
  for (const { path, content } of GENERATED) {
    const whole = fileURLToPath(new URL(`../${path}`, import.meta.url));
    mkdirSync(dirname(whole), { recursive: true });
    writeFileSync(whole, await content());
  }
}
