import type { OutFolder } from './out-folder.ts';

/** Copies images to the out folder as they are generated. */
export interface ImageCopier {
  add(key: string): void;
  /** The folder exists now; earlier images are copied too. */
  start(folder: Pick<OutFolder, 'copy'>): void;
  /** The first failed copy ends the run; the images are in the store. */
  failure(): unknown;
  finished(): Promise<void>;
}

export function createImageCopier(): ImageCopier {
  const copies = new Set<Promise<void>>();
  const waiting: string[] = [];
  let folder: Pick<OutFolder, 'copy'> | undefined;
  let failure: unknown;

  function add(key: string): void {
    if (folder === undefined) {
      waiting.push(key);
      return;
    }
    const copy = copyTo(folder, key).finally(() => copies.delete(copy));
    copies.add(copy);
  }

  async function copyTo(target: Pick<OutFolder, 'copy'>, key: string): Promise<void> {
    try {
      await target.copy(key);
    } catch (error) {
      failure ??= error;
    }
  }

  function start(target: Pick<OutFolder, 'copy'>): void {
    folder = target;
    for (const key of waiting.splice(0)) add(key);
  }

  return { add, start, failure: () => failure, finished: async () => void (await Promise.all(copies)) };
}
