import { createHash } from 'node:crypto';
import { link, lstat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from '../../shared/domain/error-code.ts';
import type { PutOptions, PutResult } from '../../shared/pipeline/ports.ts';
import { partFile } from '../../shared/runtime/files/part-file.ts';
import { ifMissing, inFolder, removeIfThere, renameDurably, syncFolder, writeDurably } from './files.ts';
import { objectPath, temporaryFolder } from './object-path.ts';
import {
  describeFile,
  findRecord,
  type ObjectRecord,
  type ObjectRecords,
  type StorePlace,
} from './object-record.ts';

interface PendingPut {
  /** Names the object. Must not run beside another put or delete of the key. */
  commit(): Promise<PutResult>;
  /** Removes the unfinished file. Call in any case. */
  discard(): Promise<void>;
}

/** Writes an unfinished file, invisible before `commit`. */
export async function preparePut(
  { root, records }: StorePlace,
  key: string,
  body: Uint8Array | AsyncIterable<Uint8Array>,
  options: PutOptions,
): Promise<PendingPut> {
  const path = objectPath(root, key);
  const unfinished = partFile(join(temporaryFolder(root), 'object'));
  const content = await writeContent(unfinished, body, options.sha256);
  const record: ObjectRecord = {
    ...content,
    contentType: options.contentType,
    metadata: { ...options.metadata },
  };
  return {
    commit: () => commitPut({ records, key, path, unfinished, record, ...options }),
    discard: () => removeIfThere(unfinished),
  };
}

function writeContent(
  path: string,
  body: Uint8Array | AsyncIterable<Uint8Array>,
  known: string | undefined,
): Promise<Pick<ObjectRecord, 'sha256' | 'bytes' | 'modifiedAtNs'>> {
  return writeDurably(path, async (file) => {
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of body instanceof Uint8Array ? [body] : body) {
      if (known === undefined) hash.update(chunk);
      await file.writeFile(chunk);
      bytes += chunk.byteLength;
    }
    const { mtimeNs } = await file.stat({ bigint: true });
    return { sha256: known ?? hash.digest('hex'), bytes, modifiedAtNs: String(mtimeNs) };
  });
}

interface Commit extends Pick<PutOptions, 'onlyIfAbsent' | 'onlyIfEtag'> {
  readonly records: ObjectRecords;
  readonly key: string;
  readonly path: string;
  readonly unfinished: string;
  readonly record: ObjectRecord;
}

/** Metadata first, then the name. After a crash between them, readers skip the record that fits no file. */
async function commitPut(commit: Commit): Promise<PutResult> {
  const { records, key, path, record } = commit;
  const present = await lstat(path, { bigint: true }).catch(ifMissing(undefined));
  if (present && !present.isFile()) throw new Error(`cannot store object ${key}: a folder has that name`);
  if (present && commit.onlyIfAbsent) return { kind: 'exists' };
  if (commit.onlyIfEtag !== undefined) {
    const now = present && (await describeFile(records, key, path, present));
    if (now?.etag !== commit.onlyIfEtag) return { kind: 'exists' };
  }
  const before = present && (await findRecord(records, key, path, present));
  await records.write(key, before ? [record, before] : [record]);
  const isNamed = await nameIt(commit);
  return isNamed ? { kind: 'stored', version: record.sha256 } : { kind: 'exists' };
}

async function nameIt({ unfinished, path, key, onlyIfAbsent }: Commit): Promise<boolean> {
  try {
    if (onlyIfAbsent) return await linkNew(unfinished, path);
    await renameDurably(unfinished, path);
    return true;
  } catch (error) {
    if (errorCode(error) !== 'EEXIST' && errorCode(error) !== 'ENOTDIR') throw error;
    throw new Error(`cannot store object ${key}: a part of its path is a file`, { cause: error });
  }
}

/** `link` fails if the name is taken, so a file dropped at this moment stays. */
async function linkNew(from: string, to: string): Promise<boolean> {
  try {
    await inFolder(to, () => link(from, to));
  } catch (error) {
    if (errorCode(error) === 'EEXIST' && (await isThere(to))) return false;
    throw error;
  }
  await syncFolder(dirname(to));
  return true;
}

/** A file in place of a folder counts as a taken name. */
async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(ifMissing(undefined))) !== undefined;
}
