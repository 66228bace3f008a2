import { expect, test } from 'vitest';
import { findModel } from '../../../shared/domain/calls/models.ts';
import type { Proof } from '../../../shared/domain/statement/proofs.ts';
import { provenCharges } from '../../../shared/domain/statement/proven-charges.ts';
import { UTC } from '../../../shared/domain/time/time-zone.ts';
import { batchStatus } from '../../../shared/pipeline/finish/batch-status.ts';
import { readCorrections, undoSettlement } from '../../../shared/pipeline/reconcile/corrections.ts';
import { ledgerEvidence } from '../../../shared/pipeline/reconcile/ledger-evidence.ts';
import { settle } from '../../../shared/pipeline/reconcile/settle.ts';
import { balance, limit, scopeFrom } from '../../support/budgets.ts';
import { collect } from '../../support/collect.ts';
import { chargesIn, verify } from '../../support/ledger.ts';
import { workOff } from '../../support/work.ts';
import { csvOf, submit, useWorlds } from '../../support/world.ts';

const freshWorld = useWorlds();
const AUTHOR = { who: 'ann', why: 'invoice 4711' };
/** What a call without a response may have cost here. */
const MOST = 168_233_000;

test("the statement's proof for calls without a response is recorded, and budgets get the rest back", async () => {
  const { world, batch, day, proven } = await twoUnknown(100_000_001);

  const settlement = await settle(world.effects, await proven(), AUTHOR);

  const charges = (await chargesIn(world.effects)).filter(({ outcome }) => outcome === 'unknown');
  expect(charges.map(({ creditsMicro }) => creditsMicro)).toEqual([50_000_000, 50_000_001]);
  expect(settlement).toMatchObject({ corrected: 2, changedMeanwhile: 0, bookedMicro: 100_000_001 });
  expect(await balance(world.effects, scopeFrom('day'))).toMatchObject({ spent: '100.000001' });
  expect(await batchStatus(world.effects, batch)).toMatchObject({
    creditsMicro: 100_000_001,
    creditsMaxUnknownMicro: 0,
  });
  expect((await verify(world.effects)).differences).toEqual([]);
  expect(await collect(readCorrections(world.effects.table))).toMatchObject([
    { ...AUTHOR, at: expect.stringContaining(day), before: { creditsMicro: 0 } },
    { ...AUTHOR, settlement: settlement.settlement, before: { creditsMaxMicro: MOST } },
  ]);
});

test('undoing a settlement records corrections: all is as before, and the journal has both', async () => {
  const { world, proven } = await twoUnknown(0);
  const before = await chargesIn(world.effects);
  const { settlement } = await settle(world.effects, await proven(), AUTHOR);
  const between = await balance(world.effects, scopeFrom('day'));
  world.clock.advance(1_000);

  const undone = await undoSettlement(world.effects, settlement, { who: 'bob', why: 'wrong month' });

  expect(between).toMatchObject({ spent: '0' });
  expect(undone).toMatchObject({ corrected: 2, returnedMicro: -2 * MOST });
  expect(await chargesIn(world.effects)).toEqual(before);
  expect(await balance(world.effects, scopeFrom('day'))).toMatchObject({ spent: String((2 * MOST) / 1e6) });
  expect((await verify(world.effects)).differences).toEqual([]);
  expect((await collect(readCorrections(world.effects.table))).map(({ undoes }) => undoes)).toEqual([
    ...[undefined, undefined],
    ...[settlement, settlement],
  ]);
});

test("nothing is settled twice, and a missing settlement can't be undone", async () => {
  const { world, proven } = await twoUnknown(10);
  const stale = await proven();
  await settle(world.effects, stale, AUTHOR);
  world.clock.advance(1_000);

  expect(await proven()).toEqual([]);
  expect(await settle(world.effects, stale, AUTHOR)).toMatchObject({ corrected: 0, changedMeanwhile: 2 });
  expect(await undoSettlement(world.effects, 'none', AUTHOR)).toBeUndefined();
});

/** A batch of one item, two of whose calls had no response and cost so much together; a budget of the day counts them. */
async function twoUnknown(billedMicro: number) {
  const world = await freshWorld({
    script: ({ nth }) => ({ kind: 'failure', failure: nth < 2 ? 'hang-up' : 'bad-request-400' }),
  });
  await limit(world.effects, 'day', 5_000);
  const batch = await submit(world, csvOf(1));
  await workOff(world, batch);
  const [first] = await chargesIn(world.effects);
  if (first === undefined) throw new Error('no charge');
  const day = first.at.slice(0, 10);
  const wireName = (model: string) => findModel(world.effects.models, model)?.sendAs ?? model;
  const proof: Proof = { period: day, model: wireName(first.model), billedMicro };
  const terms = { window: { from: day, to: day }, zone: UTC, by: ['day', 'model'] as const, wireName };
  const proven = async () => {
    const { inDoubt } = await ledgerEvidence(world.effects, terms.window, wireName);
    return provenCharges(inDoubt, [proof], terms);
  };
  return { world, batch, day, proven };
}
