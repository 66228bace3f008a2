import type { ContactSheet, SheetOptions } from '../../dashboard/contact-sheet/contact-sheet.ts';
import type { BatchId } from '../../shared/domain/ids.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';

/** Makes a batch's contact sheet. The library that scales pictures is loaded only here. */
export async function makeContactSheet(
  effects: Effects,
  batch: BatchId,
  options: SheetOptions,
): Promise<ContactSheet> {
  const { contactSheet } = await import('../../dashboard/contact-sheet/contact-sheet.ts');
  const sheet = await contactSheet(effects, batch, options);
  if (sheet === undefined) throw new Error(`the file of ${batch} isn't read yet`);
  return sheet;
}

/** Keeps a sheet in the stage, beside the batch's manifest. */
export async function keepContactSheet(
  { store }: Pick<Effects, 'store'>,
  batch: BatchId,
  sheet: ContactSheet,
): Promise<void> {
  for (const { name, html } of sheet.files) {
    await store.put(`batches/${batch}/${name}`, Buffer.from(html), {
      contentType: 'text/html; charset=utf-8',
    });
  }
}
