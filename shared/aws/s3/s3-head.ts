import type { HeadObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import type { ObjectInfo } from '../../pipeline/ports.ts';
import type { Backoff } from '../backoff.ts';

export interface S3StoreOptions {
  readonly client: S3Client;
  readonly bucket: string;
  readonly backoff: Backoff;
  /** The server supports conditional puts, as AWS does. With others, the object is checked first. */
  readonly heedsConditions?: boolean;
  /** The longest silence of a server. Default: 30 s. */
  readonly silenceMs?: number;
}

/** Undefined if there is no object. */
export async function headObject(options: S3StoreOptions, key: string): Promise<ObjectInfo | undefined> {
  try {
    const head = await options.client.send(new HeadObjectCommand({ Bucket: options.bucket, Key: key }));
    return objectInfo(key, head, head.ContentLength ?? 0);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Headers that HEAD and GET share. */
export function objectInfo(
  key: string,
  head: Omit<HeadObjectCommandOutput, '$metadata'>,
  bytes: number,
): ObjectInfo {
  return {
    key,
    bytes,
    version: objectVersion(head),
    etag: head.ETag ?? '',
    modifiedAtMs: head.LastModified?.getTime() ?? 0,
    contentType: head.ContentType ?? 'application/octet-stream',
    metadata: head.Metadata ?? {},
  };
}

/** The version id (S3 says `null` for older objects), else the ETag without quotes. */
export function objectVersion(head: { VersionId?: string | undefined; ETag?: string | undefined }): string {
  if (head.VersionId && head.VersionId !== 'null') return head.VersionId;
  return (head.ETag ?? '').replaceAll('"', '');
}

/** S3's ways to say that there is no object. A missing bucket is an error. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && (error.name === 'NotFound' || error.name === 'NoSuchKey');
}
