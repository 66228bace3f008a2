import pLimit from 'p-limit';
import type { Effects } from '../../shared/pipeline/effects.ts';

/** Bounds the calls in progress over all invocations of a process. */
export interface CallSlots {
  /** Waits for a slot; gives the function that frees it, which may be called twice. */
  acquire(): Promise<() => void>;
}

export function createCallSlots(count: number): CallSlots {
  const limit = pLimit(count);
  return {
    acquire: () =>
      new Promise((taken) => {
        void limit(() => new Promise<void>((free) => taken(free)));
      }),
  };
}

/** The same slots as one invocation sees them, which knows how many of its calls wait for one. */
export function ownSlots({ acquire }: CallSlots): CallSlots & { waiting(): number } {
  let waiting = 0;
  return {
    acquire: async () => {
      waiting += 1;
      try {
        return await acquire();
      } finally {
        waiting -= 1;
      }
    },
    waiting: () => waiting,
  };
}

/** The same effects; the slot is free as soon as nothing is left of an attempt but to record it, which may wait for others. */
export function freeingBeforeRecord(effects: Effects, free: () => void): Effects {
  const { commit } = effects;
  if (commit === undefined) return effects;
  const freeing: typeof commit = async (draft) => {
    free();
    return await commit(draft);
  };
  return { ...effects, commit: freeing };
}

/** The same effects; the slot is free as soon as the provider has answered, while the image is stored and recorded. */
export function freeingAfterCall(effects: Effects, free: () => void): Effects {
  const call: Effects['provider']['call'] = async (...call) => {
    try {
      return await effects.provider.call(...call);
    } finally {
      free();
    }
  };
  return { ...effects, provider: { ...effects.provider, call } };
}
