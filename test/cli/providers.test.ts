import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import type { Simulator } from '../../local/simulator/server.ts';
import { priceList } from '../../shared/domain/money/prices.ts';
import { runResult } from './contract.ts';
import { testProvider, testWorkplace } from './provider.ts';

const FLASH = 'gemini-3.1-flash-image-preview';
const PRO = 'gemini-3-pro-image-preview';
const PAINTER = { input: 0.4, text: 2, image: 40 };
const KEYS = { CORE_TODAY_API_KEY: 'cdt_core', ROUTER_KEY: 'sk-router', GATEWAY_KEY: 'sk-gateway' };

/** What a gateway with a price of its own bills for a model of that id on the wire. */
const GATEWAY_PRICES = priceList([
  {
    name: 'pro-2025-11',
    model: PRO,
    from: '2026-01-01',
    source: 'test',
    inputMicro: 400,
    textMicro: 2000,
    imageMicro: 40_000,
  },
]);

test('one run over four models of three providers: each gets its own calls, key, pause and bill', async (context) => {
  const work = await testWorkplace(context, KEYS);
  const core = await testProvider(context, { key: KEYS.CORE_TODAY_API_KEY, seed: 'core' });
  const router = await testProvider(context, {
    key: KEYS.ROUTER_KEY,
    dialect: 'openrouter',
    seed: 'router',
    operatorFailuresAt: { 'auth-401': 4 },
  });
  const gateway = await testProvider(context, {
    key: KEYS.GATEWAY_KEY,
    prices: GATEWAY_PRICES,
    seed: 'gateway',
  });
  await work.write('pressrun.config.json', JSON.stringify(configuration(core, router, gateway)));
  await work.write('prompts.csv', fileOver(['flash', 'pro', 'routed', 'painter'], 40));

  const first = await work.run(['run', 'prompts.csv', '--json']);
  const paused = runResult(first.stdout);
  const others = [core.totals().billedCalls, gateway.totals().billedCalls];
  const second = await work.run(['run', 'prompts.csv', '--json']);
  const cost = await work.run(['cost', '--by', 'model,provider', '--json']);
  const table = await work.run(['cost', '--by', 'provider']);
  const focus = await work.run(['cost', '--format', 'focus']);
  const budget = await work.run(['run', 'prompts.csv', '--budget', '$5']);

  expect(first.code, first.stderr).toBe(3);
  expect(first.stderr).toMatch(/ROUTER_KEY/);
  expect(paused).toMatchObject({ state: 'paused', items: { failed: 0 } });
  expect(others, 'the others end').toEqual([20, 10]);
  expect(second, second.stderr).toMatchObject({ code: 0 });
  expect(runResult(second.stdout).items).toMatchObject({ done: 40, failed: 0, pending: 0 });
  expect(core.totals().billedCalls + gateway.totals().billedCalls, 'nothing is paid again').toBe(30);
  const spent = spentByModel(cost.stdout);
  expect(spent.get(FLASH)).toBe(core.totals().creditsMicro - (spent.get(PRO) ?? 0));
  expect(spent.get('routed')).toBe(router.totals().creditsMicro);
  expect(spent.get('painter')).toBe(gateway.totals().creditsMicro);

  expect(ratesByProvider(cost.stdout)).toEqual({ 'core-today': 0.001, router: 0.002, gateway: 0.001 });
  const stated = (router.totals().creditsMicro / 1e6) * 0.001;
  expect(statedUsd(cost.stdout, 'router')).toBeCloseTo(stated, 6);
  expect(table.stdout).toMatch(
    /the provider states [\d.]+ credits .* booked at [\d.]+ \(-50\.0 %\): check its prices/,
  );
  const charges = parse(focus.stdout, { columns: true }) as Record<string, string>[];
  const issuers = new Set(charges.map(({ ProviderName }) => ProviderName));
  expect(issuers).toEqual(new Set(['core.today', 'router', 'gateway']));
  expect(budget).toMatchObject({ code: 1, stdout: '' });
  expect(budget.stderr).toMatch(
    /^pressrun: --budget is "\$5", and dollars are ambiguous here: .*; write credits\n$/,
  );
});

function configuration(core: Simulator, router: Simulator, gateway: Simulator) {
  const painterPrice = { from: '2026-01-01', source: 'test', ceiling: 'one-image' };
  return {
    providers: {
      'core-today': { baseUrl: core.url },
      // Its dollars are half of what its credits are priced at: what it states shows that.
      router: {
        baseUrl: router.url,
        keyVariable: 'ROUTER_KEY',
        dialect: 'openrouter',
        usdPerCredit: 0.002,
      },
      gateway: { baseUrl: gateway.url, keyVariable: 'GATEWAY_KEY' },
    },
    models: {
      [FLASH]: { aliases: ['flash'] },
      [PRO]: { aliases: ['pro'] },
      routed: { provider: 'router', sendAs: FLASH },
      painter: { provider: 'gateway', sendAs: PRO },
    },
    prices: [
      {
        name: 'routed-1',
        model: 'routed',
        ...painterPrice,
        creditsPerMillion: { input: 500, text: 3000, image: 60_000 },
      },
      { name: 'painter-1', model: 'painter', ...painterPrice, usdPerMillion: PAINTER },
    ],
  };
}

function fileOver(models: readonly string[], rows: number): string {
  const lines = Array.from(
    { length: rows },
    (_, index) => `a fox number ${index},${models[index % models.length]}`,
  );
  return `prompt,model\n${lines.join('\n')}\n`;
}

type ProviderRow = { provider: string; usdPerCredit: number; statedMicro: number };

function rowsOf(json: string): ProviderRow[] {
  const { rows }: { rows: ProviderRow[] } = JSON.parse(json);
  return rows;
}

function ratesByProvider(json: string): Record<string, number> {
  return Object.fromEntries(rowsOf(json).map(({ provider, usdPerCredit }) => [provider, usdPerCredit]));
}

function statedUsd(json: string, provider: string): number {
  const own = rowsOf(json).filter((row) => row.provider === provider);
  return own.reduce((sum, { statedMicro, usdPerCredit }) => sum + (statedMicro / 1e6) * usdPerCredit, 0);
}

function spentByModel(json: string): Map<string, number> {
  const { rows }: { rows: { model: string; creditsMicro: number }[] } = JSON.parse(json);
  return new Map(rows.map(({ model, creditsMicro }) => [model, creditsMicro]));
}
