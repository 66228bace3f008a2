import { DeleteObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import type { ObjectHead, ObjectStore } from '../../pipeline/ports.ts';
import { getObject } from './s3-get.ts';
import { headObject, objectVersion, type S3StoreOptions } from './s3-head.ts';
import { putObject } from './s3-put.ts';

/**
 * `ObjectStore` on S3. `list` gives the ETag as version, even if `head` gives a version id. `exists` after `onlyIfAbsent`
 * may mean this very put, resent by the SDK: look at the metadata to tell.
 */
export function s3Store(options: S3StoreOptions): ObjectStore {
  return {
    put: (key, body, put) => putObject(options, key, body, put),
    get: (key, from = 0) => getObject(options, key, from),
    head: (key) => headObject(options, key),
    list: (prefix) => listObjects(options, prefix),
    delete: async (key) => {
      await options.client.send(new DeleteObjectCommand({ Bucket: options.bucket, Key: key }));
    },
  };
}

async function* listObjects(options: S3StoreOptions, prefix: string): AsyncGenerator<ObjectHead> {
  const pages = paginateListObjectsV2({ client: options.client }, { Bucket: options.bucket, Prefix: prefix });
  for await (const page of pages) {
    for (const object of page.Contents ?? []) {
      if (object.Key === undefined) continue;
      yield {
        key: object.Key,
        bytes: object.Size ?? 0,
        version: objectVersion({ ETag: object.ETag }),
        modifiedAtMs: object.LastModified?.getTime() ?? 0,
      };
    }
  }
}
