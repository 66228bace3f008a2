import { Readable } from 'node:stream';
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { StoredObject } from '../../pipeline/ports.ts';
import { BODY_IDLE_TIMEOUT_MS } from '../timeouts.ts';
import { headObject, isMissing, objectInfo, type S3StoreOptions } from './s3-head.ts';

/** Reads from byte `from` on. Read the body to its end or leave it by `break`: it holds a socket. */
export async function getObject(
  options: S3StoreOptions,
  key: string,
  from: number,
): Promise<StoredObject | undefined> {
  const range = from > 0 ? { Range: `bytes=${from}-` } : {};
  try {
    const answer = await options.client.send(
      new GetObjectCommand({ Bucket: options.bucket, Key: key, ...range }),
    );
    return { info: objectInfo(key, answer, wholeBytes(answer, from)), body: bytesOf(answer, key, options) };
  } catch (error) {
    if (isMissing(error)) return undefined;
    if (error instanceof Error && error.name === 'InvalidRange') return nothingLeft(options, key);
    throw error;
  }
}

/** The full length, also of a partial read. */
function wholeBytes(answer: GetObjectCommandOutput, from: number): number {
  if (from === 0) return answer.ContentLength ?? 0;
  const total = /\/(\d+)$/.exec(answer.ContentRange ?? '')?.[1];
  if (total === undefined)
    throw new Error('the object store ignored a Range: pressrun cannot resume files on it');
  return Number(total);
}

async function* bytesOf(
  { Body }: GetObjectCommandOutput,
  key: string,
  { bucket, silenceMs = BODY_IDLE_TIMEOUT_MS }: S3StoreOptions,
): AsyncGenerator<Uint8Array> {
  // On Node the SDK's body is a Readable, whatever its type says.
  if (!(Body instanceof Readable)) return;
  const chunks = Body[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await withinSilence(Body, chunks.next(), silenceMs, `${key} of bucket ${bucket}`);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    Body.destroy();
  }
}

/** Counts the server's silence, not the reader's time. */
async function withinSilence<Value>(
  body: Readable,
  next: Promise<Value>,
  silenceMs: number,
  what: string,
): Promise<Value> {
  const timer = setTimeout(
    () => body.destroy(new Error(`S3 sent nothing more of ${what} for ${silenceMs / 1_000} s`)),
    silenceMs,
  );
  return await next.finally(() => clearTimeout(timer));
}

/** S3 refuses a range at or after the end; here it is an empty read. */
async function nothingLeft(options: S3StoreOptions, key: string): Promise<StoredObject | undefined> {
  const info = await headObject(options, key);
  return info && { info, body: (async function* () {})() };
}
