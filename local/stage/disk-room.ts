import { statfs } from 'node:fs/promises';
import type { ImageRequest, Provider } from '../../shared/provider/types.ts';

/** The largest image seen of each size (contract §2), rounded up. */
const LARGEST_BYTES = { '512': 2e6, '1K': 4e6, '2K': 10e6, '4K': 30e6 } as const;
const KEPT_FREE_BYTES = 16e6;

/** Undefined if the system doesn't say. */
async function freeBytes(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

/** Sends nothing whose image may find no room on the disk beside those in progress: it would be paid for, and lost. */
export function withDiskRoom(provider: Provider, folder: string, free = freeBytes): Provider {
  let promisedBytes = 0;
  let reading: Promise<number | undefined> | undefined;

  /** One reading serves all that ask meanwhile. */
  function bytesLeft(): Promise<number | undefined> {
    reading ??= free(folder).finally(() => {
      reading = undefined;
    });
    return reading;
  }

  async function call(...args: Parameters<Provider['call']>) {
    const bytes = largestBytes(args[0]);
    promisedBytes += bytes;
    const needed = promisedBytes + KEPT_FREE_BYTES;
    try {
      const left = await bytesLeft();
      if (left !== undefined && left < needed) return refused(folder, left);
      return await provider.call(...args);
    } finally {
      promisedBytes -= bytes;
    }
  }

  return { call, reread: provider.reread };
}

function largestBytes({ settings }: Pick<ImageRequest, 'settings'>): number {
  const found = Object.entries(LARGEST_BYTES).find(([size]) => size === settings.imageSize);
  return found?.[1] ?? LARGEST_BYTES['1K'];
}

function refused(folder: string, left: number) {
  const message = `nothing was sent: the disk of ${folder} is nearly full (${Math.round(left / 1e6)} MB free), and the images of calls in progress need room`;
  return {
    kind: 'failure',
    failure: { code: 'unstored', reach: 'unsent', message },
    usage: undefined,
    answer: undefined,
    latencyMs: 0,
  } as const;
}
