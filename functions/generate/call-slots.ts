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

/** Without a bound. */
export const NO_SLOTS: CallSlots = { acquire: async () => () => undefined };

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
