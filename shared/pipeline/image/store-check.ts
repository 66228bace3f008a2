import type { Effects } from '../effects.ts';
import { createRecentlyRead, type RecentlyRead } from '../recently-read.ts';

/** How long a readable store is believed to work. */
const FRESH_MS = 60_000;
/** A key without an image: only the response matters. */
const NO_IMAGE = 'images/none';

/** Checks the store once a minute, and after a failed put; throws its error. */
export type StoreCheck = RecentlyRead<typeof NO_IMAGE, unknown>;

export function createStoreCheck({ store, clock }: Pick<Effects, 'store' | 'clock'>): StoreCheck {
  return createRecentlyRead(clock, FRESH_MS, (key) => store.head(key));
}

export async function storeAnswers(check: StoreCheck): Promise<void> {
  await check.current(NO_IMAGE);
}
