import { Readable } from 'node:stream';
import { PutObjectCommand, type PutObjectCommandInput, S3ServiceException } from '@aws-sdk/client-s3';
import type { PutOptions, PutResult } from '../../pipeline/ports.ts';
import { waitBeforeRetry } from '../backoff.ts';
import { uploadTimeoutMs } from '../timeouts.ts';
import { headObject, objectVersion, type S3StoreOptions } from './s3-head.ts';

const mostTries = 5;

/** Bytes in one call; a stream in parts, a few in memory. */
export async function putObject(
  options: S3StoreOptions,
  key: string,
  body: Uint8Array | AsyncIterable<Uint8Array>,
  put: PutOptions,
): Promise<PutResult> {
  if (!options.heedsConditions && (await isInTheWay(options, key, put))) return { kind: 'exists' };
  const input = {
    Bucket: options.bucket,
    Key: key,
    ContentType: put.contentType,
    ...(put.metadata && { Metadata: { ...put.metadata } }),
    ...(put.onlyIfAbsent && { IfNoneMatch: '*' }),
    ...(put.onlyIfEtag && { IfMatch: put.onlyIfEtag }),
  };
  return body instanceof Uint8Array
    ? putBytes(options, { ...input, ...checksum(put), Body: body })
    : putStream(options, { ...input, Body: Readable.from(body) });
}

/** Whether an existing object prevents a conditional put. */
async function isInTheWay(
  options: S3StoreOptions,
  key: string,
  { onlyIfAbsent = false, onlyIfEtag }: PutOptions,
): Promise<boolean> {
  if (!onlyIfAbsent && onlyIfEtag === undefined) return false;
  const present = await headObject(options, key);
  return onlyIfEtag === undefined ? present !== undefined : present?.etag !== onlyIfEtag;
}

/** 409: another write is in progress; a second try shows its result. */
async function putBytes(
  options: S3StoreOptions,
  input: PutObjectCommandInput & { Body: Uint8Array },
): Promise<PutResult> {
  const requestTimeout = uploadTimeoutMs(input.Body.byteLength, options.silenceMs);
  for (let tries = 1; ; tries += 1) {
    try {
      return stored(await options.client.send(new PutObjectCommand(input), { requestTimeout }));
    } catch (error) {
      if (hasStatus(error, 412)) return { kind: 'exists' };
      if (!hasStatus(error, 409) || tries >= mostTries) throw error;
      await waitBeforeRetry(options.backoff, tries);
    }
  }
}

/** A stream can't be read twice: after a 409, looks for the winner's object. */
async function putStream(
  options: S3StoreOptions,
  input: PutObjectCommandInput & { Key: string },
): Promise<PutResult> {
  // Loaded with the first stream, not the first image.
  const { Upload } = await import('@aws-sdk/lib-storage');
  try {
    return stored(await new Upload({ client: options.client, params: input }).done());
  } catch (error) {
    if (hasStatus(error, 412)) return { kind: 'exists' };
    if (hasStatus(error, 409) && (await headObject(options, input.Key))) return { kind: 'exists' };
    throw error;
  }
}

/** Saves the SDK's own checksum. */
function checksum({ sha256 }: PutOptions): Pick<PutObjectCommandInput, 'ChecksumSHA256'> {
  return sha256 === undefined ? {} : { ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64') };
}

function stored(answer: { VersionId?: string | undefined; ETag?: string | undefined }): PutResult {
  return { kind: 'stored', version: objectVersion(answer) };
}

function hasStatus(error: unknown, status: number): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === status;
}
