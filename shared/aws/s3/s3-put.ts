import { Readable } from 'node:stream';
import { PutObjectCommand, type PutObjectCommandInput, S3ServiceException } from '@aws-sdk/client-s3';
import type { PutOptions, PutResult } from '../../pipeline/ports.ts';
import { waitBeforeRetry } from '../backoff.ts';
import { uploadTimeoutMs } from '../timeouts.ts';
import { headObject, objectVersion, type S3StoreOptions } from './s3-head.ts';

const mostTries = 5;

/** Puts bytes in one call, and a stream in parts, of which a few are in memory at a time. */
export async function putObject(
  options: S3StoreOptions,
  key: string,
  body: Uint8Array | AsyncIterable<Uint8Array>,
  put: PutOptions,
): Promise<PutResult> {
  // Not every server heeds If-None-Match; where one does, this spares the upload.
  if (put.onlyIfAbsent && (await headObject(options, key))) return { kind: 'exists' };
  const input = {
    Bucket: options.bucket,
    Key: key,
    ContentType: put.contentType,
    ...(put.metadata && { Metadata: { ...put.metadata } }),
    ...(put.onlyIfAbsent && { IfNoneMatch: '*' }),
  };
  return body instanceof Uint8Array
    ? putBytes(options, { ...input, ...checksum(put), Body: body })
    : putStream(options, { ...input, Body: Readable.from(body) });
}

/** 409 says that another write to the key is in progress: only a second try shows how that one ended. */
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

/** A stream cannot be read twice, so after a 409 the winner's object is looked for instead. */
async function putStream(
  options: S3StoreOptions,
  input: PutObjectCommandInput & { Key: string },
): Promise<PutResult> {
  // Loaded when a batch ends or a file is copied, not before the first image.
  const { Upload } = await import('@aws-sdk/lib-storage');
  try {
    return stored(await new Upload({ client: options.client, params: input }).done());
  } catch (error) {
    if (hasStatus(error, 412)) return { kind: 'exists' };
    if (hasStatus(error, 409) && (await headObject(options, input.Key))) return { kind: 'exists' };
    throw error;
  }
}

/** Spares the SDK a checksum of its own. */
function checksum({ sha256 }: PutOptions): Pick<PutObjectCommandInput, 'ChecksumSHA256'> {
  return sha256 === undefined ? {} : { ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64') };
}

function stored(answer: { VersionId?: string | undefined; ETag?: string | undefined }): PutResult {
  return { kind: 'stored', version: objectVersion(answer) };
}

function hasStatus(error: unknown, status: number): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === status;
}
