import { createHash } from 'node:crypto';
import type { BatchOptions } from '../../domain/batch/batch.ts';
import { INCIDENTAL_METADATA, optionsToMetadata } from '../../domain/batch/batch-options.ts';
import type { BatchId } from '../../domain/ids.ts';
import type { ImageType } from '../../domain/item/image-type.ts';
import { batchIdOf, referenceKey, referenceListKey, uploadKey } from '../../domain/item/object-keys.ts';
import type { Effects } from '../effects.ts';
import type { BadReference, ReferenceList } from './reference-store.ts';

/** A file to submit; `open` may be called repeatedly, and reads from a byte on. */
export interface PromptFile {
  readonly name: string;
  /** Its path, if it is a file. */
  readonly path?: string;
  readonly size: number;
  readonly contentType: string;
  open(from?: number): AsyncIterable<Uint8Array>;
  /** The submitter's files that it names as references. */
  readonly references?: readonly LocalReference[];
  /** To print before submitting. */
  readonly notes?: readonly FileNote[];
}

/** A line about a file; an expected one tells its writer nothing new. */
export interface FileNote {
  readonly line: string;
  readonly isExpected: boolean;
}

/** A file named as a reference: an image, or why it is none. */
export type LocalReference = { readonly written: string } & (
  | { readonly kind: 'image'; readonly sha256: string; readonly type: ImageType; read(): Promise<Uint8Array> }
  | BadReference
);

export type SubmitResult =
  | { readonly kind: 'submitted'; readonly batch: BatchId; readonly key: string; readonly isNew: boolean }
  | { readonly kind: 'problem'; readonly message: string };

/** Uploads a prompt file. The key derives from content and options, so that submitting again finds the same batch. */
export async function submitFile(
  effects: Pick<Effects, 'store' | 'defaultModel'>,
  file: PromptFile,
  options: BatchOptions,
): Promise<SubmitResult> {
  const metadata = optionsToMetadata(options, effects.defaultModel);
  if (metadata.kind === 'problem') return metadata;
  const references = referencesOf(file);
  const key = uploadKey(file.name, await fingerprint(file, metadata.metadata, references));
  await sendReferences(effects, file, key, references);
  const put = await effects.store.put(key, file.open(), {
    contentType: file.contentType,
    metadata: metadata.metadata,
    onlyIfAbsent: true,
  });
  if (put.kind === 'stored') {
    return { kind: 'submitted', batch: batchIdOf(key, put.version), key, isNew: true };
  }
  const info = await effects.store.head(key);
  if (info === undefined) throw new Error(`${key} was deleted while it was submitted: submit it again`);
  return { kind: 'submitted', batch: batchIdOf(key, info.version), key, isNew: false };
}

function referencesOf({ references = [] }: PromptFile): ReferenceList {
  return Object.fromEntries(
    references.map((each) => [
      each.written,
      each.kind === 'bad' ? { problem: each.problem } : { key: referenceKey(each.sha256, each.type) },
    ]),
  );
}

/** Before the file, whose arrival makes ingest look for them. */
async function sendReferences(
  { store }: Pick<Effects, 'store'>,
  { references = [] }: PromptFile,
  uploadKey: string,
  list: ReferenceList,
): Promise<void> {
  if (references.length === 0) return;
  for (const reference of references) {
    if (reference.kind === 'bad') continue;
    const key = referenceKey(reference.sha256, reference.type);
    if ((await store.head(key)) !== undefined) continue;
    await store.put(key, await reference.read(), { contentType: reference.type });
  }
  const json = Buffer.from(JSON.stringify(list));
  await store.put(referenceListKey(uploadKey), json, { contentType: 'application/json' });
}

async function fingerprint(
  file: PromptFile,
  metadata: Readonly<Record<string, string>>,
  references: ReferenceList,
): Promise<string> {
  const hash = createHash('sha256');
  const identity = Object.entries(metadata).filter(([name]) => !INCIDENTAL_METADATA.includes(name));
  hash.update(JSON.stringify(identity.sort()));
  if (Object.keys(references).length > 0) hash.update(JSON.stringify(references));
  for await (const chunk of file.open()) hash.update(chunk);
  return hash.digest('hex');
}
