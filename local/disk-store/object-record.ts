import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { createReadStream } from 'node:fs';
import { extname } from 'node:path';
import * as z from 'zod/mini';
import type { ObjectInfo } from '../../shared/pipeline/ports.ts';

const recordSchema = z.object({
  sha256: z.string(),
  bytes: z.number(),
  /** The data file's, in nanoseconds: with the length, a cheap sign that the record fits. */
  modifiedAtNs: z.string(),
  contentType: z.string(),
  metadata: z.record(z.string(), z.string()),
});

/** Two records while an object is replaced: new and old. The data file alone decides which holds, so its rename is the commit. */
export const recordsSchema = z.array(recordSchema);

export type ObjectRecord = z.infer<typeof recordSchema>;

/** What is known of objects beside their bytes, by key. What `write` has resolved survives a power cut. */
export interface ObjectRecords {
  read(key: string): readonly ObjectRecord[];
  write(key: string, records: readonly ObjectRecord[]): Promise<void>;
  forget(key: string): Promise<void>;
}

/** Where a store is: its folder, and what is known of the files in it. */
export interface StorePlace {
  readonly root: string;
  readonly records: ObjectRecords;
}

/** A file's record, or for a file of yours, what its bytes show. */
export async function describeFile(
  records: ObjectRecords,
  key: string,
  path: string,
  stats: BigIntStats,
): Promise<Pick<ObjectInfo, 'version' | 'etag' | 'contentType' | 'metadata'>> {
  const record = await findRecord(records, key, path, stats);
  if (record) {
    const { sha256, contentType, metadata } = record;
    return { version: sha256, etag: sha256, contentType, metadata };
  }
  const version = `${stats.size.toString(36)}-${stats.mtimeNs.toString(36)}`;
  return {
    version,
    etag: version,
    contentType: contentTypes[extname(key).toLowerCase()] ?? 'application/octet-stream',
    metadata: {},
  };
}

/** The record of the file as it is: by time or, if a copy lost the time, by content. */
export async function findRecord(
  records: ObjectRecords,
  key: string,
  path: string,
  stats: BigIntStats,
): Promise<ObjectRecord | undefined> {
  const candidates = records.read(key).filter(({ bytes }) => BigInt(bytes) === stats.size);
  const modifiedAtNs = String(stats.mtimeNs);
  const sameTime = candidates.filter((record) => record.modifiedAtNs === modifiedAtNs);
  if (sameTime.length === 1) return sameTime[0];
  if (candidates.length === 0) return undefined;
  const sha256 = await hashFile(path);
  return candidates.find((record) => record.sha256 === sha256);
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}

const contentTypes: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.tsv': 'text/tab-separated-values',
  '.txt': 'text/plain',
  '.json': 'application/json',
  '.jsonl': 'application/jsonl',
  '.ndjson': 'application/jsonl',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
};
