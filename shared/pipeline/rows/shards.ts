import { createHash } from 'node:crypto';

/** Partitions of a busy key. DynamoDB takes 1,000 writes a second each; 100 workers × 50 calls of 20 s need about 40 a shard. */
export const SHARDS = 8;

export const ALL_SHARDS: readonly number[] = Array.from({ length: SHARDS }, (_, shard) => shard);

/** A row's shard: neighbours are spread, so that a manifest can merge shards in order. */
export function shardOfRow(row: number): number {
  return row % SHARDS;
}

/** A text's shard, evenly spread. */
export function shardOfText(text: string): number {
  return createHash('sha256').update(text).digest().readUInt8(0) % SHARDS;
}
