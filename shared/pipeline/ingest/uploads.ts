import type { BatchId } from '../../domain/ids.ts';
import { batchIdOf, UPLOADS_PREFIX } from '../../domain/item/object-keys.ts';
import { readBatch } from '../batch/batches.ts';
import type { Effects } from '../effects.ts';
import type { ObjectHead, ObjectStore } from '../ports.ts';

interface UnreadUpload {
  readonly batch: BatchId;
  readonly submittedAtMs: number;
}

/** Two pages of S3's listing, which is by name: in a larger stage, finding the newest would take seconds. */
const MOST_LISTED = 2_000;

/** Of the newest `most` files that were submitted, those that are no batch yet; the newest first. None of 2,000 files or more. */
export async function unreadUploads(
  { store, table }: Pick<Effects, 'store' | 'table'>,
  most: number,
): Promise<UnreadUpload[]> {
  const uploads: ObjectHead[] = [];
  for await (const head of visibleUploads(store)) {
    uploads.push(head);
    if (uploads.length >= MOST_LISTED) return [];
  }
  const newest = uploads.sort((a, b) => b.modifiedAtMs - a.modifiedAtMs).slice(0, most);
  const unread: UnreadUpload[] = [];
  for (const { key, version, modifiedAtMs } of newest) {
    const batch = batchIdOf(key, version);
    if ((await readBatch(table, batch)) === undefined) unread.push({ batch, submittedAtMs: modifiedAtMs });
  }
  return unread;
}

/** Whether some upload is no batch yet. */
export async function hasUnreadUploads(effects: Pick<Effects, 'store' | 'table'>): Promise<boolean> {
  for await (const { key } of visibleUploads(effects.store)) {
    const info = await effects.store.head(key);
    if (info === undefined) continue;
    if ((await readBatch(effects.table, batchIdOf(key, info.version))) === undefined) return true;
  }
  return false;
}

/** All uploads but what is never ingested. */
export async function* visibleUploads(store: Pick<ObjectStore, 'list'>): AsyncGenerator<ObjectHead> {
  for await (const head of store.list(UPLOADS_PREFIX)) if (!isHiddenUpload(head.key)) yield head;
}

/** What file managers and downloads leave: never ingested. */
export function isHiddenUpload(key: string): boolean {
  const name = key.slice(key.lastIndexOf('/') + 1);
  return name === '' || name.startsWith('.') || /(~|\.part|\.crdownload|\.tmp)$/.test(name);
}
