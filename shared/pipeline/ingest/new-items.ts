import type { Batch } from '../../domain/batch/batch.ts';
import { findModel } from '../../domain/calls/models.ts';
import { contentHash } from '../../domain/item/content.ts';
import { workMessageOf } from '../batch/messages.ts';
import type { Effects } from '../effects.ts';
import { newItemRow } from '../rows/item-row.ts';
import type { NumberedItem } from './read-row.ts';
import type { ReferenceStore, StoredReference } from './reference-store.ts';
import { findReusable } from './reuse.ts';
import { type NewRow, writeNewRows } from './write-new-rows.ts';

/** Ingests items: `reused` if their content is stored, else queued with a message. Items that exist stay as they are. */
export async function ingestItems(
  effects: Effects,
  batch: Batch,
  references: ReferenceStore,
  items: readonly NumberedItem[],
): Promise<void> {
  const rows = await Promise.all(items.map((item) => newRowOf(effects, batch, references, item)));
  const written = await writeNewRows(effects, batch.id, rows);
  // An existing item's message may never have been sent, whatever would become of it today.
  const toMake = items.filter((_, index) => rows[index]?.counts === undefined || !written[index]);
  await effects.workQueue.send(toMake.map(({ spec }) => workMessageOf({ batch: batch.id, ...spec })));
}

async function newRowOf(
  effects: Effects,
  batch: Batch,
  references: ReferenceStore,
  { spec, occurrence }: NumberedItem,
): Promise<NewRow> {
  const { prompt, messages, settings } = spec;
  const profile = findModel(effects.models, settings.model);
  if (profile === undefined)
    throw new Error(`row ${spec.row} was taken for model ${settings.model}, which is gone`);
  const stored = await Promise.all(spec.references.map((written) => storedReference(references, written)));
  const hashes = stored.map(({ sha256 }) => sha256);
  const content = contentHash({ prompt, messages, settings, profile, references: hashes, occurrence });
  const { user } = batch.options;
  const kept = { ...spec, ...(user !== undefined && { user }), references: stored.map(({ key }) => key) };
  const reusable = batch.options.fresh ? undefined : await findReusable(effects, content);
  if (reusable !== undefined) {
    return { row: newItemRow(batch, kept, content, { kind: 'reused', ...reusable }), counts: 'reused' };
  }
  const state = { kind: 'queued', notBeforeMs: effects.clock.now() } as const;
  return { row: newItemRow(batch, kept, content, state) };
}

async function storedReference(references: ReferenceStore, written: string): Promise<StoredReference> {
  const reference = await references.snapshot(written);
  if (reference.kind === 'bad')
    throw new Error(`reference ${written} of an accepted row: ${reference.problem}`);
  return reference;
}
