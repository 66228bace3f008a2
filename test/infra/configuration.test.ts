import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { type CloudAssembly, CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FUNCTION_NAMES } from '../../infra/bundling/bundle-functions.ts';
import { PressrunStack } from '../../infra/pressrun-stack.ts';
import { stageSettings } from '../../infra/settings.ts';
import { readConfig } from '../../shared/runtime/config.ts';
import { deployedConfiguration } from '../../shared/runtime/find-stage.ts';
import { templateOf } from './support/stack.ts';

const FILE = {
  providers: {
    gateway: { baseUrl: 'https://gateway.example/v1', keyVariable: 'GATEWAY_KEY', keySecret: 'team/gateway' },
  },
  models: {
    'gemini-3-pro-image-preview': { price: 'pro-half' },
    painter: { sendAs: 'vendor/painter', provider: 'gateway' },
  },
  prices: [
    {
      name: 'painter-2026',
      model: 'painter',
      from: '2026-01-01',
      source: 'price page',
      usdPerMillion: { input: 1, text: 2, image: 30 },
    },
  ],
  stages: { prod: { itemsAtOnce: 7, invocationsAtOnce: 3, alarmEmail: 'ops@example.com' } },
};

/** The stages here have no webhook, and so not its function. */
describe('a stage deployed with a configuration', () => {
  test('ships it with every function, which takes prices and endpoints from it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pressrun-configured-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const app = new App({ outdir: folder });
    new PressrunStack(app, 'dev', FILE);

    const code = codeIn(app.synth());
    expect(code).toHaveLength(FUNCTION_NAMES.length - 1);
    for (const root of code) {
      expect(await readdir(root)).toContain('index.mjs');
      const laid = JSON.parse(await readFile(join(root, 'pressrun.config.json'), 'utf8'));
      expect(laid).toEqual({ providers: FILE.providers, models: FILE.models, prices: FILE.prices });
      const config = readConfig({}, { PRESSRUN_CONFIG: 'pressrun.config.json', LAMBDA_TASK_ROOT: root });
      expect(config.models.get('painter')).toMatchObject({ provider: 'gateway', sendAs: 'vendor/painter' });
      expect(config.prices.prices.find(({ alternative }) => alternative === false)?.name).toBe('pro-half');
    }
  }, 120_000);

  test('names the file to every function, and gives generate the secrets of its providers alone', () => {
    const template = templateOf('prod', FILE);
    const functions = template.ofType('AWS::Lambda::Function');
    const variables = functions.map(({ Properties: { Environment } }) => JSON.stringify(Environment));

    expect(functions).toHaveLength(FUNCTION_NAMES.length - 1);
    for (const each of variables) expect(each).toContain('"PRESSRUN_CONFIG":"pressrun.config.json"');
    expect(variables.some((each) => each.includes('"PRESSRUN_ITEMS_AT_ONCE":"7"'))).toBe(true);
    const reading = template
      .ofType('AWS::IAM::Policy')
      .map(({ Properties }) => JSON.stringify(Properties))
      .filter((policy) => policy.includes('secretsmanager:GetSecretValue'));
    expect(reading).toHaveLength(1);
    expect(reading[0]).toContain(':secret:team/gateway-??????');
  });

  test('writes it into the record that commands with --stage read', () => {
    const [record] = templateOf('prod', FILE).ofType('AWS::SSM::Parameter');
    const text = JSON.stringify(record?.Properties.Value);

    expect(text).toContain('painter-2026');
    const { models, prices } = deployedConfiguration('prod', { configuration: FILE });
    expect(models.has('painter')).toBe(true);
    expect(prices.prices.map(({ name }) => name)).toContain('painter-2026');
  });

  test('is refused at synth when a provider has a key on a laptop and no secret on the stage', () => {
    const { keySecret: _, ...gateway } = FILE.providers.gateway;

    expect(() => templateOf('prod', { ...FILE, providers: { gateway } })).toThrow(
      'providers.gateway has no keySecret',
    );
  });

  test('is refused at synth when it is larger than a stage record can be', () => {
    const headers = { 'x-note': 'long '.repeat(2_000) };
    const providers = { gateway: { ...FILE.providers.gateway, headers } };

    expect(() => templateOf('prod', { ...FILE, providers })).toThrow('Leave out what the stage does not use');
  });
});

describe('settings of a stage', () => {
  test('are those of the file', () => {
    expect(stageSettings('prod', FILE)).toMatchObject({
      generate: { itemsAtOnce: 7, invocationsAtOnce: 3 },
      alarms: { email: 'ops@example.com' },
    });
  });

  test.each(['production', 'main', 'studio'])(
    'keep the data of stage %s, whose name nobody marked',
    (name) => {
      expect(stageSettings(name).keepData).toBe(true);
      expect(stageSettings(name, { stages: { [name]: { keepData: false } } }).keepData).toBe(false);
    },
  );
});

/** The folders that a deployment would upload as the code of functions. */
function codeIn({ directory, artifacts }: CloudAssembly): string[] {
  const resources: FunctionResource[] = artifacts
    .filter((artifact) => artifact instanceof CloudFormationStackArtifact)
    .flatMap(({ template }) => Object.values(template.Resources));
  return resources
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map(({ Properties }) => join(directory, `asset.${Properties.Code.S3Key.replace('.zip', '')}`));
}

interface FunctionResource {
  readonly Type: string;
  readonly Properties: { readonly Code: { readonly S3Key: string } };
}
