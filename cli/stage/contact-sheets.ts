import type { ContactSheet, SheetOptions } from '../../dashboard/contact-sheet/contact-sheet.ts';
import type { BatchId } from '../../shared/domain/ids.ts';
import { readBatch } from '../../shared/pipeline/batch/batches.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { oneLine } from '../text/one-line.ts';

/** Makes a batch's contact sheet. Loads the image library only here. */
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

/** Stores a sheet beside the batch's manifest. */
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

/** As `pressrun contact-sheet` without flags. */
const USUAL: SheetOptions = {
  columns: 4,
  picked: false,
  groupBy: undefined,
  cost: false,
  mostBytes: 25_000_000,
};

/** Makes the sheet that a batch asks for, once it is complete; keeps a newer one. Prints errors: the batch is complete anyway. */
export async function requestedSheet(
  effects: Effects,
  id: BatchId,
  say: (line: string) => void,
): Promise<void> {
  const batch = await readBatch(effects.table, id);
  if (batch?.state !== 'complete' || batch.options.contactSheet !== true) return;
  const key = `batches/${id}/contact-sheet.html`;
  const made = await effects.store.head(key);
  if (made !== undefined && made.modifiedAtMs >= Date.parse(batch.completedAt ?? '')) return;
  try {
    await keepContactSheet(effects, id, await makeContactSheet(effects, id, USUAL));
    say(`${id}: contact sheet stored as ${key}; for a file of it: pressrun contact-sheet ${id}`);
  } catch (error) {
    say(`${id}: no contact sheet: ${oneLine(error)}. Try again: pressrun contact-sheet ${id}`);
  }
}

/** Makes the sheets of finished batches, one after another. */
export function createRequestedSheets(effects: Effects, say: (line: string) => void) {
  let last = Promise.resolve();
  return {
    over: (id: BatchId): void => {
      last = last.then(() => requestedSheet(effects, id, say));
    },
    finished: (): Promise<void> => last,
  };
}
