import { planGatherer } from '../../shared/domain/batch/plan.ts';
import type { BatchId } from '../../shared/domain/ids.ts';
import type { Item } from '../../shared/domain/item/item.ts';
import { priceOn } from '../../shared/domain/money/prices.ts';
import { dayOfMs } from '../../shared/domain/time/calendar.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { measureHistory } from '../../shared/pipeline/plan/history.ts';
import { textBytes } from '../../shared/provider/http/request-body.ts';
import type { Credits } from '../api/work.ts';

/** What it would cost to generate these items again: as a plan estimates it. */
export async function creditsOfItems(
  effects: Pick<Effects, 'table' | 'clock' | 'models' | 'prices'>,
  batch: BatchId,
  items: readonly Item[],
): Promise<Credits> {
  const gatherer = planGatherer(await measureHistory(effects), [], batch);
  const day = dayOfMs(effects.clock.now());
  for (const item of items) {
    const { settings } = item;
    const profile = effects.models.get(settings.model);
    if (profile === undefined) continue;
    const promptBytes = textBytes({ ...item, profile, plain: false });
    gatherer.add(item, { profile, price: priceOn(effects.prices, settings.model, day), promptBytes });
  }
  const { lowMicro, expectedMicro, highMicro } = gatherer.total();
  return {
    lowMicro: lowMicro ?? null,
    expectedMicro: expectedMicro ?? null,
    highMicro: highMicro ?? null,
  };
}
