import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../../shared/runtime/config.ts';
import { ConfigError } from '../../shared/runtime/config-error.ts';

const price = {
  name: 'own-2026',
  model: 'gemini-3-pro-image-preview',
  from: '2026-01-01',
  source: 'our contract',
  inputMicro: 1,
  textMicro: 2,
  imageMicro: 3,
};

describe('the configuration', () => {
  test('of an empty environment is the local stage and the provider of the contract', () => {
    const config = readConfig({}, {});

    expect(config).toMatchObject({
      stage: 'local',
      home: '.pressrun',
      keys: new Map(),
      customEndpoint: false,
      itemsAtOnce: 16,
      maxAnswerBytes: 64 * 1024 * 1024,
    });
    expect(config.providers.get('core-today')).toMatchObject({
      baseUrl: 'https://api.core.today/llm/gemini/v1beta/openai',
      linkHosts: ['*.core.today'],
    });
  });

  test('takes the command line over the environment, and empty variables as none', () => {
    const env = {
      PRESSRUN_STAGE: 'prod',
      PRESSRUN_HOME: '/a',
      PRESSRUN_PROVIDER_URL: '',
      CORE_TODAY_API_KEY: '  ',
    };

    expect(readConfig({ stage: 'test', home: '/b' }, env)).toMatchObject({
      stage: 'test',
      home: '/b',
      keys: new Map(),
      names: { table: 'pressrun-test' },
    });
    expect(readConfig({}, env)).toMatchObject({ stage: 'prod', home: '/a' });
  });

  test('pins limits of a model, and reports invalid ones', () => {
    const limits = { 'gemini-3-pro-image-preview': { requestsPerMinute: 60, concurrency: 8 } };
    const env = (value: unknown) => ({ PRESSRUN_LIMITS: JSON.stringify(value) });

    expect(readConfig({}, env(limits)).models.get('gemini-3-pro-image-preview')).toMatchObject({
      sendAs: 'gemini-3-pro-image-preview',
      requestsPerMinute: 60,
      concurrency: 8,
    });
    expect(errorOf(() => readConfig({}, env({ nobody: {} }))).message).toMatch(/^PRESSRUN_LIMITS .*nobody/);
    expect(
      errorOf(() => readConfig({}, env({ 'gemini-3-pro-image-preview': { concurrency: 0 } }))).message,
    ).toMatch(/^PRESSRUN_LIMITS .*concurrency/);
  });

  test.each(['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL_SQS', 'AWS_ENDPOINT_URL_DYNAMODB'])(
    'knows servers that only resemble AWS by %s',
    (name) => {
      expect(readConfig({}, { [name]: 'http://127.0.0.1:4566' }).customEndpoint).toBe(true);
    },
  );

  test.each([
    [
      'PRESSRUN_PROVIDER_URL',
      'ftp://example.com',
      'PRESSRUN_PROVIDER_URL is not an http(s) address: "ftp://example.com"',
    ],
    ['PRESSRUN_PROVIDER_URL', 'api.core.today', 'PRESSRUN_PROVIDER_URL is not an http(s) address'],
    ['PRESSRUN_ITEMS_AT_ONCE', '0', 'PRESSRUN_ITEMS_AT_ONCE is "0"; it must be a whole number from 1 to 500'],
    ['PRESSRUN_ITEMS_AT_ONCE', '1.5', 'it must be a whole number'],
    ['PRESSRUN_MAX_ANSWER_MIB', 'many', 'PRESSRUN_MAX_ANSWER_MIB is "many"'],
    ['PRESSRUN_STAGE', 'My Stage', 'stage name "My Stage" cannot be used: take 1 to 40 of a-z'],
    ['PRESSRUN_PRICE', 'pro-free', 'no price is called "pro-free"'],
    [
      'PRESSRUN_MODELS',
      '/nowhere/models.json',
      'PRESSRUN_MODELS: /nowhere/models.json cannot be used: ENOENT',
    ],
  ])('refuses %s = %s in one line that says what to do', (name, value, message) => {
    const error = errorOf(() => readConfig({}, { [name]: value }));

    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('\n');
    expect(error.message.length).toBeLessThan(300);
  });

  test.each([
    ['that is no JSON', '{', /JSON at position 1/],
    ['that is no list', '{}', /it must be a list$/],
    ['of another shape', '[{"name":"x"}]', /entry 1: model is missing or not valid$/],
    [
      'with a price that is no whole number of micro-credits',
      JSON.stringify([price, { ...price, inputMicro: 0.5 }]),
      /entry 2: inputMicro is missing or not valid$/,
    ],
  ])('refuses a file of prices %s in one line that names it and the place', async (_, content, reason) => {
    const path = await fileOf(content);

    const error = errorOf(() => readConfig({}, { PRESSRUN_PRICES: path }));

    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toMatch(/^PRESSRUN_PRICES: \S+prices\.json cannot be used: [^\n]+$/);
    expect(error.message).toMatch(reason);
  });

  test('adds the user’s own prices to the built-in ones', async () => {
    const { prices } = readConfig({}, { PRESSRUN_PRICES: await fileOf(JSON.stringify([price])) }).prices;

    expect(prices.map(({ name }) => name)).toEqual(expect.arrayContaining(['flash-2025-11', 'own-2026']));
  });
});

async function fileOf(content: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pressrun-config-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'prices.json');
  await writeFile(path, content);
  return path;
}

function errorOf(act: () => unknown): Error {
  try {
    act();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('nothing was thrown');
}

describe('proxies', () => {
  test('come from HTTPS_PROXY, HTTP_PROXY and NO_PROXY; lower case takes precedence', () => {
    const { proxies } = readConfig(
      {},
      {
        HTTPS_PROXY: 'http://a:1',
        https_proxy: 'b:2',
        HTTP_PROXY: 'https://c:3',
        NO_PROXY: 'x.test, .y.test',
      },
    );

    expect([proxies.https?.href, proxies.http?.href]).toEqual(['http://b:2/', 'https://c:3/']);
    expect(proxies.bypass).toEqual(['x.test', '.y.test']);
  });

  test('that are no http proxies stop the command, without repeating their password', () => {
    const error = errorOf(() => readConfig({}, { HTTPS_PROXY: 'socks5://user:secret@proxy:1080' }));

    expect(error.message).toMatch(/^HTTPS_PROXY is not .* write http:\/\/host:port/);
    expect(error.message).not.toContain('secret');
  });
});
