import { findModel } from '../../domain/calls/models.ts';
import type { Provider } from '../../provider/types.ts';
import type { Effects } from '../effects.ts';
import type { Reading } from '../ports.ts';
import { createRecentlyRead } from '../recently-read.ts';
import type { ProviderPause } from '../rows/provider-pause-row.ts';
import { endOldPauses, readPausesFor } from './provider-pauses.ts';

/** How long a worker believes that a model is not paused. */
const FRESH_MS = 2_000;

/** One worker's view of pauses for its own key and address. */
export function createPauseWatch(
  effects: Pick<Effects, 'table' | 'clock' | 'models'> & { readonly provider?: Pick<Provider, 'accessOf'> },
  isGuest: boolean,
) {
  /** Pauses of earlier keys, for all workers of this stage. */
  const ofOldKeys = new Map<string, readonly ProviderPause[]>();
  /** An old reading could miss what this worker itself paused a moment ago. */
  let next: Reading = {};
  const pauses = createRecentlyRead(effects.clock, FRESH_MS, async (model: string) => {
    const reading = next;
    next = { mayBeOld: true };
    const { own, others } = await readPausesFor(effects, model, await accessFor(model), reading);
    if (!isGuest)
      ofOldKeys.set(
        model,
        others.filter((each) => !each.isGuests),
      );
    return own;
  });

  async function accessFor(model: string): Promise<string | undefined> {
    const profile = findModel(effects.models, model);
    return profile && (await effects.provider?.accessOf?.(profile));
  }

  /** An image with this key shows that an old key's pause is over. */
  async function broughtImage(model: string): Promise<void> {
    const old = ofOldKeys.get(model) ?? [];
    ofOldKeys.delete(model);
    await endOldPauses(effects, old);
  }

  function forget(): void {
    next = {};
    pauses.forget();
  }

  return {
    accessFor,
    broughtImage,
    pauseOf: async (model: string): Promise<ProviderPause | undefined> => (await pauses.current(model))[0],
    forget,
  };
}
