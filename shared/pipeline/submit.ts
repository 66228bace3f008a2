import { createHash } from 'node:crypto';
import type { BatchOptions } from '../domain/batch.ts';
import { BUDGET_METADATA, optionsToMetadata } from '../domain/batch-options.ts';
import type { BatchId } from '../domain/ids.ts';
import { batchIdOf, uploadKey } from '../domain/object-keys.ts';
import type { Effects } from './effects.ts';

/** A file to submit; `open` may be called again and again, and reads from a byte on (default 0). */
export interface PromptFile {
  readonly name: string;
  readonly contentType: string;
  open(from?: number): AsyncIterable<Uint8Array>;
}

export type SubmitResult =
  | { readonly kind: 'submitted'; readonly batch: BatchId; readonly key: string; readonly isNew: boolean }
  | { readonly kind: 'problem'; readonly message: string };

/**
 * Uploads a file of prompts with its options. The key derives from content and options, so the same file with the same
 * options is the same batch: submitting it again makes nothing twice and finds what was made.
 */
export async function submitFile(
  effects: Pick<Effects, 'store'>,
  file: PromptFile,
  options: BatchOptions,
): Promise<SubmitResult> {
  const metadata = optionsToMetadata(options);
  if (metadata.kind === 'problem') return metadata;
  const key = uploadKey(file.name, await fingerprint(file, metadata.metadata));
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

async function fingerprint(file: PromptFile, metadata: Readonly<Record<string, string>>): Promise<string> {
  const hash = createHash('sha256');
  // A budget may be raised: with another one, it is the same batch.
  const { [BUDGET_METADATA]: _, ...identity } = metadata;
  hash.update(JSON.stringify(Object.entries(identity).sort()));
  for await (const chunk of file.open()) hash.update(chunk);
  return hash.digest('hex');
}
