import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { USAGE_SHAPES } from '../../local/simulator/answers/usage.ts';
import { VARIANTS } from '../../local/simulator/answers/variants.ts';
import type { Outcome } from '../../local/simulator/decide.ts';
import { FAILURE_NAMES, SIMULATED_FAILURES } from '../../local/simulator/failures.ts';
import { type Simulator, startSimulator } from '../../local/simulator/server.ts';
import { modelCatalog } from '../../shared/domain/calls/models.ts';
import {
  type CallCost,
  costOfCall,
  costOfUnknown,
  unknownMaxMicro,
} from '../../shared/domain/money/charge.ts';
import { priceList, priceOn } from '../../shared/domain/money/prices.ts';
import { createProvider } from '../../shared/provider/client.ts';
import { promptText } from '../../shared/provider/http/request-body.ts';
import { FREE_MEMORY } from '../../shared/provider/scan/free-memory.ts';
import type { CallOutcome, ImageRequest, Provider } from '../../shared/provider/types.ts';
import { FLASH, PRO } from './asking.ts';

let simulator: Simulator;
let provider: Provider;
let scripted: Outcome | undefined;

beforeAll(async () => {
  simulator = await startSimulator({
    latency: 'none',
    pictures: 'plain',
    profile: 'mixed',
    linkBase: 'https://pictures.core.today',
    oversizeBytes: 3_000_000,
    script: () => scripted,
  });
  provider = createProvider({
    baseUrl: simulator.url,
    apiKey: async () => 'cdt_test',
    clock: { now: () => 1_800_000_000_000 },
    random: () => 0.5,
    maxAnswerBytes: 2_000_000,
    fetchLink: async (url) => {
      const { hostname: host } = new URL(url);
      if (host !== 'pictures.core.today') return { kind: 'refused', problem: `${host} is not allowed`, host };
      const response = await fetch(simulator.origin + new URL(url).pathname);
      return { kind: 'fetched', bytes: Buffer.from(await response.arrayBuffer()) };
    },
  });
});
afterAll(() => simulator.close());

describe('the client, against a witness with the true tokens', () => {
  it.each(VARIANTS)('finds the image and its exact cost in %s', async (variant) => {
    for (const usage of USAGE_SHAPES) {
      scripted = { kind: 'image', variant, usage };
      const request = imageRequest(`${variant} ${usage}`, PRO, '16:9');

      const outcome = await provider.call(request, undefined, FREE_MEMORY);

      expect(outcome).toMatchObject({ kind: 'images' });
      const { credits } = ledgerOf(outcome, request);
      expect({ usage, credits }).toEqual({ usage, credits: simulator.bill().at(-1)?.creditsMicro });
    }
  });

  it.each(FAILURE_NAMES)('calls %s by the name that the contract gives it', async (name) => {
    scripted = { kind: 'failure', failure: name };
    const request = imageRequest(`Fail with ${name}`, FLASH, '1:1');

    const outcome = await provider.call(request, undefined, FREE_MEMORY);

    expect(outcome).toMatchObject({ kind: 'failure', failure: { code: SIMULATED_FAILURES[name].code } });
    expectWithinDoubt(outcome, request);
  });

  it('never records more than the bill, nor leaves more open than it lists, whatever comes', async () => {
    scripted = undefined;
    for (let index = 0; index < 250; index++) {
      const request = imageRequest(
        `Mixed ${index}`,
        index % 2 === 0 ? FLASH : PRO,
        index % 3 === 0 ? '3:2' : '1:1',
      );

      const outcome = await provider.call(request, undefined, FREE_MEMORY);

      expectWithinDoubt(outcome, request);
    }
  });
});

function expectWithinDoubt(outcome: CallOutcome, request: ImageRequest): void {
  const entry = simulator.bill().at(-1);
  const { credits, unknownMax } = ledgerOf(outcome, request);
  const billed = entry?.creditsMicro ?? Number.NaN;
  const within = credits <= billed && billed <= credits + unknownMax;
  expect({ within, entry, outcome: within || outcome, credits, unknownMax }).toMatchObject({ within: true });
}

/** What the ledger would book for the call, and how much it would list as uncertain. */
function ledgerOf(outcome: CallOutcome, request: ImageRequest): { credits: number; unknownMax: number } {
  const price = priceOn(priceList(), request.profile.model, '2027-01-15');
  if (price === undefined) throw new Error('no price');
  const facts = {
    imageSize: request.settings.imageSize,
    imagePixels: outcome.kind === 'images' ? outcome.images.map(({ width, height }) => width * height) : [],
    promptBytes: Buffer.byteLength(promptText(request)),
    references: 0,
  };
  if (
    outcome.kind === 'failure' &&
    (outcome.failure.reach === 'refused' || outcome.failure.reach === 'unsent')
  ) {
    return { credits: 0, unknownMax: 0 };
  }
  const lost = outcome.kind === 'failure' && outcome.failure.reach === 'lost';
  const cost: CallCost = lost
    ? costOfUnknown(facts, 8192, request.profile, price)
    : costOfCall(outcome.usage, facts, request.profile, price);
  const code = outcome.kind === 'failure' ? outcome.failure.code : 'image';
  return { credits: cost.creditsMicro, unknownMax: unknownMaxMicro(cost, lost ? 'unknown' : code) };
}

function imageRequest(prompt: string, model: string, aspectRatio: string): ImageRequest {
  const profile = modelCatalog().get(model);
  if (profile === undefined) throw new Error(`no model ${model}`);
  return { profile, prompt, settings: { model, aspectRatio }, references: [], plain: false };
}
