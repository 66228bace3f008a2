import { join } from 'node:path';
import type { BatchId } from '../../shared/domain/ids.ts';
import type { Effects, PipelineEvent } from '../../shared/pipeline/effects.ts';
import { oneLine } from '../text/one-line.ts';
import type { FolderUse } from './folder-writer.ts';
import { copyBatch, type OutFolder, prepareOutFolder } from './out-folder.ts';

/** Copies each batch's images to its own folder, and its manifest when finished. */
export interface BatchFolders {
  see(event: PipelineEvent): void;
  over(batch: BatchId): void;
  finished(): Promise<void>;
}

/** Reports a failed copy once a batch: the images are in the store. */
export function createBatchFolders(effects: () => Effects, out: string, use: FolderUse): BatchFolders {
  const folders = new Map<BatchId, Promise<OutFolder>>();
  const failed = new Set<BatchId>();
  const copies = new Set<Promise<void>>();

  function aside(batch: BatchId, copy: (folder: OutFolder) => Promise<void>): void {
    const folder = folders.get(batch) ?? prepareOutFolder(effects().store, batch, join(out, batch), use);
    folders.set(batch, folder);
    const done = folder
      .then(copy)
      .catch((error: unknown) => {
        if (!failed.has(batch)) use.say(`${batch}: not copied: ${oneLine(error)}`);
        failed.add(batch);
      })
      .finally(() => copies.delete(done));
    copies.add(done);
  }

  return {
    see: (event) => {
      if (event.kind !== 'item-ended' || event.imageKey === undefined) return;
      const { imageKey } = event;
      aside(event.item.batch, (folder) => folder.copy(imageKey));
    },
    over: (batch) => aside(batch, async (folder) => void (await copyBatch(effects(), batch, folder))),
    finished: async () => void (await Promise.all(copies)),
  };
}
