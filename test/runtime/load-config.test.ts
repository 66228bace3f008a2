import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { configValues } from '../../shared/runtime/config-values.ts';
import { loadConfig } from '../../shared/runtime/load-config.ts';

const FILE = `{
  // A gateway of our own.
  "providers": { "gateway": { "baseUrl": "https://gateway.example/v1", "keyVariable": "GATEWAY_KEY" } },
  "models": { "painter": { "sendAs": "vendor/painter" } },
  "defaults": { "itemsAtOnce": 5, },
}`;

describe('the configuration file', () => {
  test('is found in a folder above, may have comments, and reads keys from the .env beside it', async () => {
    const folder = await folderWith({
      'pressrun.config.json': FILE,
      '.env': 'GATEWAY_KEY=from-file\nPRESSRUN_STAGE=no',
    });
    const below = join(folder, 'a', 'b');
    await mkdir(below, { recursive: true });

    const { config, found } = loadConfig({}, {}, below);

    expect(found?.path).toBe(join(folder, 'pressrun.config.json'));
    expect(config).toMatchObject({ stage: 'local', itemsAtOnce: 5 });
    expect(config.keys).toEqual(new Map([['gateway', 'from-file']]));
  });

  test('gives way to the environment', async () => {
    const folder = await folderWith({ 'pressrun.config.json': FILE, '.env': 'GATEWAY_KEY=from-file' });

    const { config } = loadConfig({}, { GATEWAY_KEY: 'from-env', PRESSRUN_ITEMS_AT_ONCE: '7' }, folder);

    expect(config.itemsAtOnce).toBe(7);
    expect(config.keys.get('gateway')).toBe('from-env');
  });

  test("names the line that isn't JSON", async () => {
    const folder = await folderWith({ 'pressrun.config.json': '{\n  "models": oops\n}' });

    expect(() => loadConfig({}, {}, folder)).toThrow(/pressrun\.config\.json:2: not valid JSON/);
  });

  test('that --config names and that is not there is an error', () => {
    expect(() => loadConfig({ config: 'nowhere.json' }, {}, tmpdir())).toThrow(
      /nowhere\.json does not exist: `pressrun init` writes one/,
    );
  });
});

describe('the values in effect', () => {
  test('name the source of each, and never print a key', async () => {
    const folder = await folderWith({ 'pressrun.config.json': FILE });
    const env = { PRESSRUN_PROVIDER_URL: 'http://127.0.0.1:9/v1', GATEWAY_KEY: 'secret-key' };
    const loaded = loadConfig({ stage: 'prod' }, env, folder);

    const values = configValues(loaded, { stage: 'prod' }, '2026-11-28', env);
    const from = Object.fromEntries(values.map(({ name, from }) => [name, from]));

    expect(from).toMatchObject({
      stage: '--stage',
      home: 'default',
      'defaults.itemsAtOnce': 'file',
      'providers.core-today.baseUrl': 'PRESSRUN_PROVIDER_URL',
      'providers.gateway.baseUrl': 'file',
      'models.painter.sendAs': 'file',
      'models.painter.provider': 'default',
    });
    expect(JSON.stringify(values)).not.toContain('secret-key');
  });
});

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pressrun-config-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}
