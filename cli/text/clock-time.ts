import type { TimeJump } from '../../shared/runtime/time-watch.ts';
import { durationText } from './figures.ts';

/** `14:05 UTC`, with the day if another. */
export function clockTime(ms: number, nowMs: number): string {
  const [day = '', time = ''] = new Date(ms).toISOString().slice(0, 16).split('T');
  const today = new Date(nowMs).toISOString().slice(0, 10);
  return `${day === today ? '' : `${day} `}${time} UTC`;
}

export function jumpLine({ kind, ms }: TimeJump): string {
  const long = durationText(ms);
  switch (kind) {
    case 'set-back':
      return `the machine's clock was set back by ${long}: calls in progress continue, and nothing waits longer for it`;
    case 'slept':
      return `the machine slept, or its clock was set forward, for ${long}: ${CALLS_GO_ON}`;
    case 'stopped':
      return `pressrun was stopped for ${long}: ${CALLS_GO_ON}`;
  }
}

const CALLS_GO_ON = 'calls in progress continue; one whose connection broke is recorded as unconfirmed';
