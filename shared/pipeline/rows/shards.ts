import { createHash } from 'node:crypto';

/**
 * Into how many partitions a busy key is spread. DynamoDB takes 1,000 writes a second a partition; a fleet of 100
 * workers with 50 calls of 20 s each in progress ends 250 items a second, so that no shard sees more than about 40.
 */
export const SHARDS = 8;

export const ALL_SHARDS: readonly number[] = Array.from({ length: SHARDS }, (_, shard) => shard);

/** The shard of a row: neighbours spread, so that a manifest can merge the shards back in order of rows. */
export function shardOfRow(row: number): number {
  return row % SHARDS;
}

/** The shard of a text such as an attempt id: always the same, evenly spread. */
export function shardOfText(text: string): number {
  return createHash('sha256').update(text).digest().readUInt8(0) % SHARDS;
}
