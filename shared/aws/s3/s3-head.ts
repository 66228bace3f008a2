import type { HeadObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import type { ObjectInfo } from '../../pipeline/ports.ts';
import type { Backoff } from '../backoff.ts';

export interface S3StoreOptions {
  readonly client: S3Client;
  readonly bucket: string;
  readonly backoff: Backoff;
  /** For how long a server may be silent. Default: 30 s. */
  readonly silenceMs?: number;
}

/** What is known of an object, or undefined where there is none. */
export async function headObject(options: S3StoreOptions, key: string): Promise<ObjectInfo | undefined> {
  try {
    const head = await options.client.send(new HeadObjectCommand({ Bucket: options.bucket, Key: key }));
    return objectInfo(key, head, head.ContentLength ?? 0);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Reads the headers that HEAD and GET have in common. */
export function objectInfo(
  key: string,
  head: Omit<HeadObjectCommandOutput, '$metadata'>,
  bytes: number,
): ObjectInfo {
  return {
    key,
    bytes,
    version: objectVersion(head),
    modifiedAtMs: head.LastModified?.getTime() ?? 0,
    contentType: head.ContentType ?? 'application/octet-stream',
    metadata: head.Metadata ?? {},
  };
}

/** The version id (S3 says `null` for objects from before versioning), else the ETag without its quotes. */
export function objectVersion(head: { VersionId?: string | undefined; ETag?: string | undefined }): string {
  if (head.VersionId && head.VersionId !== 'null') return head.VersionId;
  return (head.ETag ?? '').replaceAll('"', '');
}

/** True for S3's ways of saying that there is no such object. A missing bucket is a fault, not an answer. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && (error.name === 'NotFound' || error.name === 'NoSuchKey');
}
