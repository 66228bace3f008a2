import pLimit from 'p-limit';
import type { Effects } from '../../shared/pipeline/effects.ts';

/** Bounds the calls in progress over all invocations of a process. */
export interface CallSlots {
  /** Waits for a slot; returns how to free it, which may run twice. */
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

/** One invocation's view of the slots, with its number of waiting calls. */
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

/** Frees the slot once only recording is left, which may wait for others. */
export function freeingBeforeRecord(effects: Effects, free: () => void): Effects {
  const { commit } = effects;
  if (commit === undefined) return effects;
  const freeing: typeof commit = async (draft) => {
    free();
    return await commit(draft);
  };
  return { ...effects, commit: freeing };
}

/** Frees the slot once the response is in, while the image is stored and recorded. */
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
