import { createReadStream } from 'node:fs';
import { lstat, open, readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectInfo, ObjectStore, StoredObject } from '../../shared/pipeline/ports.ts';
import { isInside, READ_NO_LINK } from '../../shared/runtime/files/no-link.ts';
import { oneAtATime } from '../../shared/runtime/files/one-at-a-time.ts';
import { isWrittenByAnother } from '../../shared/runtime/files/part-file.ts';
import { ifMissing } from './files.ts';
import { listObjects } from './list-objects.ts';
import { InvalidKeyError, objectPath, temporaryFolder } from './object-path.ts';
import { describeFile, type ObjectRecords, type StorePlace } from './object-record.ts';
import { preparePut } from './put-object.ts';

/**
 * `ObjectStore` in a folder: a plain file at each key is an object. One process writes. `a` can't stand beside `a/b`, nor `A`
 * beside `a` if the disk ignores case. `put` throws `InvalidKeyError` for a key that is no path.
 */
export function diskStore(root: string, records: ObjectRecords): ObjectStore {
  const inTurn = oneAtATime();
  return {
    put: async (key, body, options) => {
      const pending = await preparePut({ root, records }, key, body, options);
      return inTurn(key, pending.commit).finally(pending.discard);
    },
    get: (key, from = 0) => getObject({ root, records }, key, from),
    head: (key) => headObject({ root, records }, key),
    fileOf: (key) => readablePath(root, key),
    list: (prefix) => listObjects({ root, records }, prefix),
    delete: (key) => inTurn(key, () => deleteObject({ root, records }, key)),
  };
}

/** Removes what a crash left half-written, before the folder's worker writes. Keeps what another process is writing. */
export async function removePartialFiles(root: string): Promise<void> {
  const folder = temporaryFolder(root);
  const names = await readdir(folder).catch(ifMissing<string[]>([]));
  for (const name of names) {
    if (!isWrittenByAnother(name)) await rm(join(folder, name), { recursive: true, force: true });
  }
  await rmdir(folder).catch(() => undefined);
}

async function headObject({ root, records }: StorePlace, key: string): Promise<ObjectInfo | undefined> {
  const path = readablePath(root, key);
  if (path === undefined) return undefined;
  const stats = await lstat(path, { bigint: true }).catch(ifMissing(undefined));
  if (!stats?.isFile() || !(await isInside(root, path))) return undefined;
  return {
    key,
    bytes: Number(stats.size),
    modifiedAtMs: Number(stats.mtimeNs / 1_000_000n),
    ...(await describeFile(records, key, path, stats)),
  };
}

async function getObject(place: StorePlace, key: string, from: number): Promise<StoredObject | undefined> {
  const info = await headObject(place, key);
  return info && { info, body: readFrom(objectPath(place.root, key), info, from) };
}

/** Opens the file with the first byte, so that unread bodies hold nothing open. */
async function* readFrom(path: string, info: ObjectInfo, from: number): AsyncGenerator<Uint8Array> {
  const file = await open(path, READ_NO_LINK);
  try {
    const stats = await file.stat({ bigint: true });
    const sameFile =
      Number(stats.size) === info.bytes && Number(stats.mtimeNs / 1_000_000n) === info.modifiedAtMs;
    if (!sameFile) throw new Error(`object ${info.key} changed between its head and its body: read it again`);
    if (from >= info.bytes) return;
    yield* createReadStream('', { fd: file, start: from, autoClose: false });
  } finally {
    await file.close();
  }
}

/** No object has such a key. */
function readablePath(root: string, key: string): string | undefined {
  try {
    return objectPath(root, key);
  } catch (error) {
    if (error instanceof InvalidKeyError) return undefined;
    throw error;
  }
}

/** Data first: metadata without a file is ignored, a file without metadata is an object. */
async function deleteObject({ root, records }: StorePlace, key: string): Promise<void> {
  const path = readablePath(root, key);
  if (path === undefined) return;
  const stats = await lstat(path).catch(ifMissing(undefined));
  if (stats?.isDirectory()) return;
  await rm(path, { force: true }).catch(ifMissing(undefined));
  await records.forget(key);
}
