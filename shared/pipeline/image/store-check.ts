import type { Effects } from '../effects.ts';
import { createRecentlyRead, type RecentlyRead } from '../recently-read.ts';

/** How long a store that could be read is believed to work. */
const FRESH_MS = 60_000;
/** No image has it: whether the store answers is all that is asked. */
const NO_IMAGE = 'images/none';

/** Asks the store whether it answers, once a minute; throws what it throws. An image that can't be put makes it ask again. */
export type StoreCheck = RecentlyRead<typeof NO_IMAGE, unknown>;

export function createStoreCheck({ store, clock }: Pick<Effects, 'store' | 'clock'>): StoreCheck {
  return createRecentlyRead(clock, FRESH_MS, (key) => store.head(key));
}

export async function storeAnswers(check: StoreCheck): Promise<void> {
  await check.current(NO_IMAGE);
}
