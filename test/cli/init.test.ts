import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'jsonc-parser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorkplace, type Workplace } from './workplace.ts';

const SCHEMA = fileURLToPath(new URL('../../schemas/config.schema.json', import.meta.url));

let work: Workplace;

beforeAll(async () => {
  work = await openWorkplace();
});

afterAll(async () => {
  await work.close();
});

describe('init', () => {
  test('writes a configuration whose schema editors find', async () => {
    await work.run(['init', 'campaigns/spring']);

    const file = work.path('campaigns/spring/pressrun.config.json');
    const { $schema } = parse(await readFile(file, 'utf8'));
    expect(resolve(file, '..', $schema)).toBe(SCHEMA);
  });

  test('keeps a file that exists', async () => {
    await work.write('prompts.csv', 'prompt\nmine\n');

    const { stderr } = await work.run(['init']);

    expect(stderr).toBe('prompts.csv exists; kept as it is\n');
    expect(await readFile(work.path('prompts.csv'), 'utf8')).toBe('prompt\nmine\n');
  });
});
