import type { DatabaseSync } from 'node:sqlite';
import type { Clock, OutgoingMessage, Queue, ReceivedMessage } from '../../shared/pipeline/ports.ts';
import type { Committer } from '../database/committer.ts';
import { sqliteMessages } from './sqlite-messages.ts';

interface SqliteQueueOptions {
  readonly database: DatabaseSync;
  readonly committer: Committer;
  readonly name: 'work' | 'ingest';
  /** How long received messages are hidden. */
  readonly visibilitySeconds: number;
  readonly clock: Clock;
}

const LONGEST_DELAY_SECONDS = 900;
const LONGEST_VISIBILITY_SECONDS = 43_200;
/** Another process's messages are seen after so long; this one's at once. */
const LOOK_MS = 100;
/** Messages a transaction, so that others can write in between. */
const SENT_AT_ONCE = 1_000;

/** `Queue` in the stage's database, open to every process. Not synced: a message is never the only copy of anything. */
export function sqliteQueue(options: SqliteQueueOptions): Queue {
  const { database, committer, clock, visibilitySeconds } = options;
  const messages = sqliteMessages(database, options.name);
  const receivers = new Set<AbortController>();

  function wakeReceivers(): void {
    for (const receiver of receivers) receiver.abort();
  }

  async function send(outgoing: readonly OutgoingMessage[]): Promise<void> {
    for (const { delaySeconds = 0 } of outgoing) checkSeconds('delay', delaySeconds, LONGEST_DELAY_SECONDS);
    for (let from = 0; from < outgoing.length; from += SENT_AT_ONCE) {
      const some = outgoing.slice(from, from + SENT_AT_ONCE);
      await committer.commit(() => {
        for (const message of some) messages.add(message, clock.now());
      }, 'lazy');
      wakeReceivers();
    }
  }

  async function receive(
    most: number,
    waitMs: number,
    signal?: AbortSignal,
    hiddenSeconds: number = visibilitySeconds,
  ): Promise<readonly ReceivedMessage[]> {
    for (const endsAtMs = clock.now() + waitMs; !signal?.aborted; ) {
      if (messages.hasVisible(clock.now())) {
        const taken = await committer.commit(() => receiveNow(most, hiddenSeconds), 'lazy');
        if (taken.length > 0) return taken;
      }
      const leftMs = endsAtMs - clock.now();
      if (leftMs <= 0) break;
      await waitForMessages(Math.min(leftMs, LOOK_MS), signal);
    }
    return [];
  }

  function receiveNow(most: number, hiddenSeconds: number): ReceivedMessage[] {
    const nowMs = clock.now();
    return messages.receive(most, nowMs, nowMs + hiddenSeconds * 1_000);
  }

  async function waitForMessages(ms: number, signal?: AbortSignal): Promise<void> {
    const receiver = new AbortController();
    receivers.add(receiver);
    await clock.sleep(ms, signal ? AbortSignal.any([signal, receiver.signal]) : receiver.signal);
    receivers.delete(receiver);
  }

  async function setVisibility(receipts: readonly string[], seconds: number): Promise<void> {
    checkSeconds('visibility', seconds, LONGEST_VISIBILITY_SECONDS);
    await forEach(receipts, (receipt) => messages.hide(receipt, clock.now() + Math.ceil(seconds) * 1_000));
    if (seconds === 0) wakeReceivers();
  }

  async function forEach(receipts: readonly string[], act: (receipt: string) => void) {
    if (receipts.length > 0) await committer.commit(() => receipts.forEach(act), 'lazy');
  }

  return {
    send,
    receive,
    setVisibility,
    delete: (receipts) => forEach(receipts, messages.remove),
  };
}

function checkSeconds(what: string, seconds: number, most: number): void {
  if (seconds < 0 || seconds > most) {
    throw new RangeError(`${what} of ${seconds} s is not possible, 0 to ${most} s is`);
  }
}
