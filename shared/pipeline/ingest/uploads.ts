import { batchIdOf, UPLOADS_PREFIX } from '../../domain/item/object-keys.ts';
import { readBatch } from '../batch/batches.ts';
import type { Effects } from '../effects.ts';

/** Whether some upload is no batch yet. */
export async function hasUnreadUploads(effects: Pick<Effects, 'store' | 'table'>): Promise<boolean> {
  for await (const { key } of effects.store.list(UPLOADS_PREFIX)) {
    if (isHiddenUpload(key)) continue;
    const info = await effects.store.head(key);
    if (info === undefined) continue;
    if ((await readBatch(effects.table, batchIdOf(key, info.version))) === undefined) return true;
  }
  return false;
}

/** What file managers and downloads leave: never ingested. */
export function isHiddenUpload(key: string): boolean {
  const name = key.slice(key.lastIndexOf('/') + 1);
  return name === '' || name.startsWith('.') || /(~|\.part|\.crdownload|\.tmp)$/.test(name);
}
