import type { Batch } from '../../domain/batch/batch.ts';
import { findModel } from '../../domain/calls/models.ts';
import { type ContentHash, contentHash } from '../../domain/item/content.ts';
import type { ItemSpec } from '../../domain/item/item.ts';
import { workMessageOf } from '../batch/messages.ts';
import { type NewRow, writeNewRows } from '../batch/write-new-rows.ts';
import type { Effects } from '../effects.ts';
import type { RememberedImage } from '../rows/content-row.ts';
import { newItemRow } from '../rows/item-row.ts';
import { findReusable } from './reuse.ts';

/** An item that a file asks for, and which of the file's images of this content it is. */
export interface CountedItem {
  readonly spec: ItemSpec;
  readonly nth: number;
  /** SHA-256 of each of its reference images. */
  readonly references: readonly string[];
}

/**
 * Takes items in: those whose content is in the store end as `reused` at once, the others are queued with a message. Items
 * that are there already (the file is being read again) stay as they have become.
 */
export async function takeIn(effects: Effects, batch: Batch, items: readonly CountedItem[]): Promise<void> {
  const planned = await Promise.all(items.map((item) => plan(effects, batch, item)));
  const nowMs = effects.clock.now();
  const rows = planned.map(({ spec, content, reusable }): NewRow => {
    const state =
      reusable === undefined
        ? ({ kind: 'queued', notBeforeMs: nowMs } as const)
        : ({ kind: 'reused', ...reusable } as const);
    const row = newItemRow(batch.id, spec, content, state);
    return reusable === undefined ? { row } : { row, counts: 'reused' };
  });
  const written = await writeNewRows(effects, batch.id, rows);
  // An item that was there may be one whose message was never sent, whatever would become of it today.
  const toMake = planned.filter((item, index) => item.reusable === undefined || !written[index]);
  await effects.workQueue.send(toMake.map(({ spec }) => workMessageOf({ batch: batch.id, ...spec })));
}

interface PlannedItem {
  readonly spec: ItemSpec;
  readonly content: ContentHash;
  readonly reusable: RememberedImage | undefined;
}

async function plan(effects: Effects, batch: Batch, item: CountedItem): Promise<PlannedItem> {
  const { spec, nth, references } = item;
  const { prompt, messages, settings } = spec;
  const profile = findModel(effects.models, settings.model);
  if (profile === undefined)
    throw new Error(`row ${spec.row} was taken for model ${settings.model}, which is gone`);
  const content = contentHash({ prompt, messages, settings, profile, references, nth });
  const reusable = batch.options.fresh ? undefined : await findReusable(effects, content);
  return { spec, content, reusable };
}
