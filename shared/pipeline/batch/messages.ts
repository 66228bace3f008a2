import * as z from 'zod/mini';
import type { ItemRef } from '../../domain/item/item.ts';
import type { OutgoingMessage } from '../ports.ts';
import { batchId, count } from '../rows/fields.ts';

const workMessage = z.object({ batch: batchId, row: count, variant: count });

/** The work queue's message: it names an item, and the table says the rest. */
export function workMessageOf({ batch, row, variant }: ItemRef): OutgoingMessage {
  return { body: JSON.stringify({ batch, row, variant }), group: batch };
}

/** Reads a message of the work queue; throws where it is none, so that it ends in the dead-letter queue. */
export function parseWorkMessage(body: string): ItemRef {
  return workMessage.parse(JSON.parse(body));
}

/** An object that arrived under `uploads/`. */
export interface UploadEvent {
  readonly key: string;
}

const s3Event = z.object({
  Records: z.array(
    z.object({ eventName: z.string(), s3: z.object({ object: z.object({ key: z.string() }) }) }),
  ),
});
const eventBridgeEvent = z.object({ detail: z.object({ object: z.object({ key: z.string() }) }) });
const s3TestEvent = z.object({ Event: z.literal('s3:TestEvent') });

/**
 * Reads a message of the ingest queue: an S3 notification (its keys are URL-encoded, with `+` for a space), the same
 * through EventBridge (keys as they are), or S3's test message, which names nothing. Throws on anything else.
 */
export function parseUploadMessage(body: string): UploadEvent[] {
  const json: unknown = JSON.parse(body);
  const bridged = eventBridgeEvent.safeParse(json);
  if (bridged.success) return [{ key: bridged.data.detail.object.key }];
  if (s3TestEvent.safeParse(json).success) return [];
  return s3Event
    .parse(json)
    .Records.filter((record) => record.eventName.startsWith('ObjectCreated:'))
    .map((record) => ({ key: decodeURIComponent(record.s3.object.key.replaceAll('+', ' ')) }));
}

/** The message that makes ingest take in an object: as much of S3's own event as anyone reads. */
export function uploadMessageOf({ key }: UploadEvent): OutgoingMessage {
  const object = { key: encodeEventKey(key) };
  const record = {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    eventName: 'ObjectCreated:Put',
    s3: { object },
  };
  return { body: JSON.stringify({ Records: [record] }) };
}

/** As S3 encodes keys in events: like a form's field, but with plain slashes. */
function encodeEventKey(key: string): string {
  return encodeURIComponent(key)
    .replaceAll('%2F', '/')
    .replaceAll('%20', '+')
    .replaceAll(/[!'()]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
