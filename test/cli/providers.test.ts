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
  const cost = await work.run(['cost', '--by', 'model', '--json']);

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
});

function configuration(core: Simulator, router: Simulator, gateway: Simulator) {
  const painterPrice = { from: '2026-01-01', source: 'test', ceiling: 'one-image' };
  return {
    providers: {
      'core-today': { baseUrl: core.url },
      router: { baseUrl: router.url, keyVariable: 'ROUTER_KEY', dialect: 'openrouter' },
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

function spentByModel(json: string): Map<string, number> {
  const { rows }: { rows: { model: string; creditsMicro: number }[] } = JSON.parse(json);
  return new Map(rows.map(({ model, creditsMicro }) => [model, creditsMicro]));
}
