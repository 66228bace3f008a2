import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod/mini';
import type { OutgoingMessage, ReceivedMessage } from '../../shared/pipeline/ports.ts';

/** A queue's statements, to run in a transaction, except `hasVisible`. */
interface Messages {
  add(message: OutgoingMessage, nowMs: number): void;
  /** Takes up to `most` visible messages and hides them. */
  receive(most: number, nowMs: number, hiddenUntilMs: number): ReceivedMessage[];
  remove(receipt: string): void;
  hide(receipt: string, untilMs: number): void;
  hasVisible(nowMs: number): boolean;
}

const takenSchema = z.object({
  id: z.number(),
  message_group: z.string(),
  body: z.string(),
  sent_at_ms: z.number(),
  receives: z.number(),
});
const turnSchema = z.object({ turn: z.nullable(z.number()) });

/** Groups take turns; the lowest turn is next. A small batch doesn't wait for a large one, nor does a hidden one catch up. */
export function sqliteMessages(database: DatabaseSync, queue: string): Messages {
  const insert = database.prepare(
    `INSERT INTO messages (queue, message_group, body, turn, ready, visible_at_ms, sent_at_ms, receives)
     VALUES (?, ?, ?, ?, ?, ?, ?, 0)`,
  );
  const served = database.prepare('SELECT min(turn) AS turn FROM messages WHERE queue = ? AND ready = 1');
  const lastOfGroup = database.prepare(
    'SELECT max(turn) AS turn FROM messages WHERE queue = ? AND message_group = ?',
  );
  const show = database.prepare(
    'UPDATE messages SET ready = 1, turn = max(turn, ?) WHERE queue = ? AND ready = 0 AND visible_at_ms <= ?',
  );
  const take = database.prepare(
    `UPDATE messages SET ready = 0, visible_at_ms = ?, receives = receives + 1
     WHERE id IN (SELECT id FROM messages WHERE queue = ? AND ready = 1 ORDER BY turn LIMIT ?)
     RETURNING id, message_group, body, sent_at_ms, receives`,
  );
  const remove = database.prepare('DELETE FROM messages WHERE id = ? AND receives = ?');
  const hide = database.prepare(
    'UPDATE messages SET ready = 0, visible_at_ms = ? WHERE id = ? AND receives = ?',
  );
  const visible = database.prepare('SELECT 1 FROM messages WHERE queue = ? AND ready = 1 LIMIT 1');
  const due = database.prepare(
    'SELECT 1 FROM messages WHERE queue = ? AND ready = 0 AND visible_at_ms <= ? LIMIT 1',
  );

  const turnOf = (found: unknown) => turnSchema.parse(found).turn ?? 0;
  return {
    add: ({ body, group = '', delaySeconds = 0 }, nowMs) => {
      const turn = Math.max(turnOf(served.get(queue)), turnOf(lastOfGroup.get(queue, group)) + 1);
      const isReady = delaySeconds === 0 ? 1 : 0;
      insert.run(queue, group, body, turn, isReady, nowMs + delaySeconds * 1_000, nowMs);
    },
    receive: (most, nowMs, hiddenUntilMs) => {
      show.run(turnOf(served.get(queue)), queue, nowMs);
      return take.all(hiddenUntilMs, queue, most).map(receivedMessage);
    },
    remove: (receipt) => void remove.run(...partsOf(receipt)),
    hide: (receipt, untilMs) => void hide.run(untilMs, ...partsOf(receipt)),
    hasVisible: (nowMs) => visible.get(queue) !== undefined || due.get(queue, nowMs) !== undefined,
  };
}

function receivedMessage(found: unknown): ReceivedMessage {
  const { id, message_group: group, body, sent_at_ms: sentAtMs, receives } = takenSchema.parse(found);
  const receipt = `${id}/${receives}`;
  return { id: String(id), receipt, body, receives, sentAtMs, ...(group === '' ? {} : { group }) };
}

/** The message and its delivery; impossible numbers for unknown receipts. */
function partsOf(receipt: string): [id: number, receives: number] {
  const [id = '', receives = ''] = receipt.split('/');
  const isOurs = /^\d+$/.test(id) && /^\d+$/.test(receives);
  return isOurs ? [Number(id), Number(receives)] : [-1, -1];
}
