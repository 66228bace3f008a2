import { systemClock } from '../../shared/aws/system-clock.ts';
import type { Clock, Queue } from '../../shared/pipeline/ports.ts';
import { NOON_MS } from '../support/test-clock.ts';

export interface Pace {
  readonly beganAtMs: number;
  readonly timesFaster: number;
}

/** A clock that several processes share: it runs so many times faster than the machine's, from noon at `beganAtMs`. */
export function sharedClock({ beganAtMs, timesFaster }: Pace): Clock {
  const { sleep } = systemClock();
  return {
    now: () => Math.round(NOON_MS + (Date.now() - beganAtMs) * timesFaster),
    sleep: (ms, signal) => sleep(ms / timesFaster, signal),
  };
}

/** A queue whose waits are as much shorter: its server goes by the machine's own clock. */
export function hastenedQueue(queue: Queue, timesFaster: number): Queue {
  return {
    ...queue,
    send: (messages) =>
      queue.send(
        messages.map(({ delaySeconds, ...message }) =>
          delaySeconds === undefined
            ? message
            : { ...message, delaySeconds: Math.ceil(delaySeconds / timesFaster) },
        ),
      ),
    setVisibility: (receipts, seconds) => queue.setVisibility(receipts, Math.ceil(seconds / timesFaster)),
  };
}
