import { createHash } from 'node:crypto';
import pLimit from 'p-limit';
import * as z from 'zod/mini';
import { MAX_REFERENCE_BYTES } from '../../domain/calls/models.ts';
import type { ImageType } from '../../domain/item/image-type.ts';
import {
  batchOfImage,
  REFERENCES_PREFIX,
  referenceKey,
  referenceListKey,
} from '../../domain/item/object-keys.ts';
import { asBuffer } from '../../domain/prompt-file/reader/encoding.ts';
import { readImageFile, sniffImageType } from '../../provider/picture/image-file.ts';
import { readBatch } from '../batch/batches.ts';
import type { Effects } from '../effects.ts';

/** References that are held at a time. */
const AT_ONCE = 4;

/** A reference image under a key made of its content, so that it can't change. */
export interface StoredReference {
  readonly kind: 'stored';
  readonly key: string;
  readonly sha256: string;
}

export interface BadReference {
  readonly kind: 'bad';
  /** Completes "reference x: …". */
  readonly problem: string;
}

/** Snapshots reference images at ingest, so retries don't fetch them again. */
export interface ReferenceStore {
  /** Snapshots a reference: a bucket key, submitter's file or https link, or an embedded image's name with its bytes at first. */
  snapshot(reference: string, embedded?: Uint8Array): Promise<StoredReference | BadReference>;
}

type Sources = Pick<Effects, 'table' | 'store' | 'fetchReference' | 'referencePrefixes'>;

/** An uploaded file's reference store: fetches each reference once. */
export function createReferenceStore(effects: Sources, uploadKey: string): ReferenceStore {
  const limit = pLimit(AT_ONCE);
  const snapshots = new Map<string, Promise<StoredReference | BadReference>>();
  let list: Promise<ReferenceList> | undefined;

  async function bytesOf(reference: string): Promise<Buffer | BadReference> {
    if (reference.startsWith('https:')) return await fetched(effects, reference);
    list ??= readList(effects, uploadKey);
    const sent = (await list)[reference];
    if (sent?.problem !== undefined) return bad(sent.problem);
    return await stored(effects, sent?.key ?? reference);
  }

  async function snapshot(reference: string, embedded?: Uint8Array): Promise<StoredReference | BadReference> {
    const bytes = embedded === undefined ? await bytesOf(reference) : asBuffer(embedded);
    if ('kind' in bytes) return bytes;
    const type = imageTypeOf(bytes);
    return typeof type === 'object' ? type : await put(effects, bytes, type);
  }

  return {
    snapshot: (reference, embedded) => {
      const known = snapshots.get(reference) ?? limit(snapshot, reference, embedded);
      snapshots.set(reference, known);
      return known;
    },
  };
}

/** A whole image's type, or why it can't be sent. */
export function imageTypeOf(bytes: Buffer): ImageType | BadReference {
  if (bytes.length > MAX_REFERENCE_BYTES) return tooLarge(bytes.length);
  const type = sniffImageType(bytes);
  if (type === undefined) return bad('it is not a PNG, JPEG or WebP image');
  const facts = readImageFile(type, bytes);
  return facts.kind === 'whole' ? type : bad(`the image is damaged: ${facts.problem}`);
}

/** A submitter's files: their names in the prompt file, and their objects or problems. */
const referenceList = z.record(
  z.string(),
  z.union([
    z.object({ key: z.string(), problem: z.optional(z.undefined()) }),
    z.object({ problem: z.string(), key: z.optional(z.undefined()) }),
  ]),
);
export type ReferenceList = z.infer<typeof referenceList>;

async function readList({ store }: Pick<Effects, 'store'>, uploadKey: string): Promise<ReferenceList> {
  const object = await store.get(referenceListKey(uploadKey));
  if (object === undefined) return {};
  const chunks: Uint8Array[] = [];
  for await (const chunk of object.body) chunks.push(chunk);
  return referenceList.parse(JSON.parse(Buffer.concat(chunks).toString()));
}

async function fetched({ fetchReference }: Sources, link: string): Promise<Buffer | BadReference> {
  const result = await fetchReference(link);
  switch (result.kind) {
    case 'fetched':
      return result.bytes;
    case 'refused':
      return bad(`${result.problem}; PRESSRUN_REFERENCE_HOSTS names the hosts that links are fetched from`);
    case 'failed':
      return bad(`it could not be fetched: ${result.problem}`);
  }
}

async function stored(effects: Sources, key: string): Promise<Buffer | BadReference> {
  const object = (await mayBeNamed(effects, key)) ? await effects.store.get(key) : undefined;
  if (object === undefined) return bad(NOWHERE);
  if (object.info.bytes > MAX_REFERENCE_BYTES) return tooLarge(object.info.bytes);
  const chunks: Uint8Array[] = [];
  for await (const chunk of object.body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const NOWHERE =
  "there is no such file, and no such object below references/ or among the images of this stage's batches; " +
  'PRESSRUN_REFERENCE_PREFIXES allows other folders of the bucket';

/** An uploader must not read others' files or quarantine through a reference. */
async function mayBeNamed({ table, referencePrefixes }: Sources, key: string): Promise<boolean> {
  if (key.split('/').some((part) => part === '' || part === '.' || part === '..')) return false;
  if ([REFERENCES_PREFIX, ...referencePrefixes].some((prefix) => key.startsWith(prefix))) return true;
  const batch = batchOfImage(key);
  return batch !== undefined && (await readBatch(table, batch)) !== undefined;
}

async function put({ store }: Sources, bytes: Buffer, type: ImageType): Promise<StoredReference> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const key = referenceKey(sha256, type);
  if ((await store.head(key))?.bytes !== bytes.length) await store.put(key, bytes, { contentType: type });
  return { kind: 'stored', key, sha256 };
}

function tooLarge(bytes: number): BadReference {
  return bad(`it has ${bytes} bytes, at most ${MAX_REFERENCE_BYTES} are taken`);
}

function bad(problem: string): BadReference {
  return { kind: 'bad', problem };
}
