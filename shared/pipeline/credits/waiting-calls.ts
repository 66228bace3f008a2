import type { Clock } from '../ports.ts';

export interface QueuePlace {
  isFirst(): boolean;
  /** Waits until credits may be free, at most so long. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
  leave(): void;
}

/** Calls that wait for credits of the same balances. The dearest goes first: a shrinking budget may never have room for it later. */
export interface WaitingCalls {
  enter(needMicro: number): QueuePlace;
  count(): number;
  /** The last one that looked found no credits. */
  lacksCredits: boolean;
  /** Credits are free: the first one looks again. */
  wake(): void;
}

export function createWaitingCalls(clock: Pick<Clock, 'sleep'>): WaitingCalls {
  const calls: { readonly needMicro: number; waker: AbortController }[] = [];

  function wake(): void {
    calls[0]?.waker.abort();
  }

  function enter(needMicro: number): QueuePlace {
    const call = { needMicro, waker: new AbortController() };
    const behind = calls.findIndex((each) => each.needMicro < needMicro);
    calls.splice(behind < 0 ? calls.length : behind, 0, call);
    return {
      isFirst: () => calls[0] === call,
      wait: async (ms, signal) => {
        const { signal: woken } = call.waker;
        await clock.sleep(ms, signal === undefined ? woken : AbortSignal.any([woken, signal]));
        if (woken.aborted) call.waker = new AbortController();
      },
      leave: () => {
        calls.splice(calls.indexOf(call), 1);
        wake();
      },
    };
  }

  return { enter, count: () => calls.length, lacksCredits: false, wake };
}
