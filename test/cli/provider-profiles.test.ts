import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parse } from 'jsonc-parser';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { AcceptedDialect } from '../../local/simulator/request.ts';
import { runResult } from './contract.ts';
import { prompts, testProvider, testWorkplace } from './provider.ts';

/** OpenRouter puts the maker before a model's id; the simulator knows the id alone. */
const withoutMaker = (text: string) => text.replaceAll('"google/', '"');

describe('an example of another provider', () => {
  const examples: [file: string, provider: string, key: string, dialect: AcceptedDialect][] = [
    ['openrouter.config.json', 'openrouter', 'OPENROUTER_API_KEY', 'openrouter'],
    ['google.config.json', 'google', 'GEMINI_API_KEY', 'google'],
    ['gateway.config.json', 'my-gateway', 'MY_GATEWAY_KEY', 'none'],
  ];
  test.each(examples)(
    '%s makes images at that address, in its dialect, with its key, and keeps its bill',
    async (file, name, variable, dialect) => {
      const work = await testWorkplace({ onTestFinished }, { [variable]: 'sk-own' });
      const server = await testProvider({ onTestFinished }, { key: 'sk-own', dialect });
      const example = await readFile(
        fileURLToPath(new URL(`../../examples/${file}`, import.meta.url)),
        'utf8',
      );
      const configuration = parse(withoutMaker(example));
      const providers = { [name]: { ...configuration.providers?.[name], baseUrl: server.url } };
      await work.write('pressrun.config.json', JSON.stringify({ ...configuration, providers }));
      await work.write('prompts.csv', prompts(3));

      const ended = await work.run(['run', 'prompts.csv', '--aspect-ratio', '16:9', '--json']);
      const made = runResult(ended.stdout);

      expect(ended.code, ended.stderr).toBe(0);
      expect(made).toMatchObject({ items: { done: 3 }, creditsMicro: server.totals().creditsMicro });
      expect(made.images.map(({ width, height }) => `${width}x${height}`)).toEqual(Array(3).fill('1376x768'));
    },
  );
});
