import * as z from 'zod/mini';
import type { ItemRef } from '../../domain/item/item.ts';
import type { OutgoingMessage } from '../ports.ts';
import { batchId, count } from '../rows/fields.ts';

const workMessage = z.object({ batch: batchId, row: count, variant: count });

/** The work queue's message names an item; the rest is in the table. */
export function workMessageOf({ batch, row, variant }: ItemRef): OutgoingMessage {
  return { body: JSON.stringify({ batch, row, variant }), group: batch };
}

/** Reads a work queue message; throws if it is none, so that it ends in the dead-letter queue. */
export function parseWorkMessage(body: string): ItemRef {
  return workMessage.parse(JSON.parse(body));
}
