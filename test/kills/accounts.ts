import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Simulator } from '../../local/simulator/server.ts';
import { type Item, imageOf } from '../../shared/domain/item/item.ts';
import type { DayWindow } from '../../shared/domain/time/calendar.ts';
import { newestBatches } from '../../shared/pipeline/batch/batches.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { verifyCost } from '../../shared/pipeline/money/cost.ts';
import { chargesIn, disputes, itemName, promptHash } from '../support/ledger.ts';
import { itemsIn } from '../support/work.ts';
import type { SeenCall } from './calls.ts';

/** Ledger, items and the provider's bill beside each other. */
export interface Accounts {
  readonly items: number;
  readonly done: number;
  /** Items whose image is not in the store as the table says. */
  readonly missing: number;
  readonly calls: number;
  /** Calls for what already lay in the store. */
  readonly paidAgain: number;
  readonly imageCharges: number;
  readonly unknownCharges: number;
  readonly otherCharges: number;
  /** Items of which not exactly one image is charged. */
  readonly chargedTwice: number;
  /** Prompts for which the bill is not what the ledger says, within what it lists as unknown. */
  readonly disputes: readonly object[];
  readonly rollUpDifferences: number;
}

interface Books {
  readonly effects: Effects;
  readonly simulator: Simulator;
  readonly calls: readonly SeenCall[];
  /** Where the store's objects are files. */
  readonly objects: string;
  /** The days that the stage's clock came to. */
  readonly window: DayWindow;
}

export async function accountsOf({ effects, simulator, calls, objects, window }: Books): Promise<Accounts> {
  const items: Item[] = [];
  for await (const batch of newestBatches(effects.table)) items.push(...(await itemsIn(effects, batch)));
  const charges = await chargesIn(effects, window);
  const images = charges.filter(({ outcome }) => outcome === 'image');
  const chargesOf = Map.groupBy(images, itemName);
  const storedAtMs = new Map<string, number>();
  let missing = 0;
  for (const item of items) {
    const image = imageOf(item);
    if (image === undefined) continue;
    const file = await stat(join(objects, image.key)).catch(() => undefined);
    if (file?.size !== image.bytes) missing += 1;
    if (file !== undefined) storedAtMs.set(promptHash(item), file.mtimeMs);
  }
  const unknown = charges.filter(({ outcome }) => outcome === 'unknown').length;
  return {
    items: items.length,
    done: items.filter((item) => imageOf(item) !== undefined).length,
    missing,
    calls: simulator.totals().calls,
    paidAgain: calls.filter(({ prompt, atMs }) => atMs > (storedAtMs.get(sha256(prompt)) ?? atMs)).length,
    imageCharges: images.length,
    unknownCharges: unknown,
    otherCharges: charges.length - images.length - unknown,
    chargedTwice: items.filter(
      (item) => item.state.kind !== 'reused' && chargesOf.get(itemName(item))?.length !== 1,
    ).length,
    disputes: disputes({ simulator }, items, charges),
    rollUpDifferences: (await verifyCost(effects.table, window)).differences.length,
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
