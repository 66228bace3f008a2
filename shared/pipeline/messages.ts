import * as z from 'zod/mini';
import { vocabulary } from '../domain/canonical-name.ts';
import type { OutgoingMessage } from './ports.ts';

/** A new object under `uploads/`. */
export interface UploadEvent {
  readonly key: string;
  /** Who uploaded it, if the event says so. */
  readonly user?: string;
}

const keyed = z.object({ key: z.string() });
const record = z.object({
  eventName: z.string(),
  userIdentity: z.optional(z.object({ principalId: z.optional(z.string()) })),
  s3: z.object({ object: keyed }),
});
const s3Event = z.object({ Records: z.array(record) });
const eventBridgeEvent = z.object({
  'detail-type': z.optional(z.string()),
  detail: z.object({ object: keyed }),
});
/** Cloudflare R2's event notifications. */
const r2Event = z.object({ action: z.string(), object: keyed });
/** An S3 notification through SNS. */
const snsNotification = z.object({ Type: z.literal('Notification'), Message: z.string() });
const s3TestEvent = z.object({ Event: z.literal('s3:TestEvent') });

/**
 * Reads an ingest message: an S3 notification (URL-encoded keys) of S3, MinIO, Ceph or LocalStack, or through SNS,
 * EventBridge or R2 (plain keys), or S3's test message. Throws on anything else.
 */
export function parseUploadMessage(body: string): UploadEvent[] {
  const json: unknown = JSON.parse(body);
  const notification = snsNotification.safeParse(json);
  if (notification.success) return parseUploadMessage(notification.data.Message);
  if (s3TestEvent.safeParse(json).success) return [];
  const bridged = eventBridgeEvent.safeParse(json);
  if (bridged.success) {
    const { detail, 'detail-type': type = 'Object Created' } = bridged.data;
    return isCreation(type) ? [{ key: detail.object.key }] : [];
  }
  const r2 = r2Event.safeParse(json);
  if (r2.success) return isCreation(r2.data.action) ? [{ key: r2.data.object.key }] : [];
  return s3Event
    .parse(json)
    .Records.filter(({ eventName }) => isCreation(eventName))
    .map(({ s3, userIdentity }) => uploadOf(s3.object.key, userIdentity?.principalId));
}

/** `AWS:AROA…:jane@example.com` is a role's session: its name is the user. */
function uploadOf(key: string, principal = ''): UploadEvent {
  const user = principal.replace(/^(?:AWS:)?(?:[A-Z0-9]+:)?/, '');
  return { key: decodeEventKey(key), ...(user !== '' && { user }) };
}

const CREATIONS = vocabulary(
  ['', 'put', 'post', 'copy', 'append', 'multipart upload', 'complete multipart upload'].flatMap((how) => [
    `object created ${how}`,
    `object created ${how} object`,
    `object create ${how}`,
    ...(how === '' ? [] : [`${how} object`, how]),
  ]),
);

/** `s3:ObjectCreated:Put`, `Object Created`, `PutObject` and the like; not `ObjectCreated:PutTagging`. */
function isCreation(eventName: string): boolean {
  return CREATIONS.has(eventName.replace(/^\w+:(?=object)/i, '').replace(/\*$/, ''));
}

/** Some servers don't encode keys. */
function decodeEventKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return key;
  }
}

/** The message that makes ingest read an object: the needed part of S3's event. */
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

/** As S3 encodes keys: like a form's field, with plain slashes. */
function encodeEventKey(key: string): string {
  return encodeURIComponent(key)
    .replaceAll('%2F', '/')
    .replaceAll('%20', '+')
    .replaceAll(/[!'()]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
