import { createHash } from 'node:crypto';
import { type AttemptId, type BatchId, parseBatchId } from '../ids.ts';
import { safeName } from './file-name.ts';
import { IMAGE_EXTENSIONS, type ImageType } from './image-type.ts';

export const UPLOADS_PREFIX = 'uploads/';

type BatchFile = 'manifest.csv' | 'manifest.jsonl' | 'rejected.csv' | 'summary.json';

const EXTENSION = /\.([a-z0-9]{1,8})$/i;

const IMAGES_PREFIX = 'images/';

/** `images/<batch>/<stem>.png`: where an item's image is put. */
export function imageKey(batch: BatchId, stem: string, type: ImageType): string {
  return `${imagesPrefix(batch)}${stem}.${IMAGE_EXTENSIONS[type]}`;
}

/** All images of a batch, further ones included. */
export function imagesPrefix(batch: BatchId): string {
  return `${IMAGES_PREFIX}${batch}/`;
}

/** The batch in whose folder an image is; undefined for any other object. */
export function batchOfImage(key: string): BatchId | undefined {
  return isImageKey(key) ? parseBatchId(key.split('/')[1] ?? '') : undefined;
}

export function isImageKey(key: string): boolean {
  return key.startsWith(IMAGES_PREFIX);
}

/** A further image of the same answer, `n` from 2; in a folder of its own, so that it never takes an item's key. */
export function extraKey(batch: BatchId, stem: string, n: number, type: ImageType): string {
  return `${imagesPrefix(batch)}extras/${stem}-${n}.${IMAGE_EXTENSIONS[type]}`;
}

/** What an answer says beside its image, where that is too long for the image's metadata. */
export function textKey(batch: BatchId, stem: string, attempt: AttemptId): string {
  return `${imagesPrefix(batch)}extras/${stem}-${attempt}.txt`;
}

/** An answer that could not be read, kept whole. */
export function quarantineKey(batch: BatchId, attempt: AttemptId): string {
  return `${quarantinePrefix(batch)}${attempt}`;
}

export function quarantinePrefix(batch: BatchId): string {
  return `quarantine/${batch}/`;
}

export const REFERENCES_PREFIX = 'references/';

/** Where a reference image is kept for as long as it may be asked for: by its content. */
export function referenceKey(sha256Hex: string, type: ImageType): string {
  return `${REFERENCES_PREFIX}${sha256Hex}.${IMAGE_EXTENSIONS[type]}`;
}

/** What the files of the submitter's machine are in the bucket that an uploaded file names as references. */
export function referenceListKey(uploadKey: string): string {
  return `${REFERENCES_PREFIX}lists/${uploadKey.slice(UPLOADS_PREFIX.length)}.json`;
}

export function batchFileKey(batch: BatchId, file: BatchFile): string {
  return `${batchFilesPrefix(batch)}${file}`;
}

export function batchFilesPrefix(batch: BatchId): string {
  return `batches/${batch}/`;
}

/** Where a file of prompts is uploaded to: the same content under the same name is the same key. */
export function uploadKey(fileName: string, contentSha256Hex: string): string {
  const { base, extension } = splitFileName(fileName);
  const safe = safeName(base, 60) || 'prompts';
  return `${UPLOADS_PREFIX}${safe}-${contentSha256Hex.slice(0, 12).toLowerCase()}.${extension}`;
}

/** What a file was called that was uploaded under this key; a name that was never part of a key stays what it is. */
export function uploadName(key: string): string {
  const { base, extension } = splitFileName(key);
  const name = key.startsWith(UPLOADS_PREFIX) ? base.replace(/-[0-9a-f]{12}$/, '') : safeName(base, 60);
  return `${name || 'prompts'}.${extension}`;
}

/** The batch that an uploaded object is, by key and version; the same event twice is the same batch. */
export function batchIdOf(key: string, version: string): BatchId {
  const slug = asciiSlug(splitFileName(key).base, 60) || 'batch';
  const hash = createHash('sha256').update(`${key}\n${version}`).digest('hex').slice(0, 10);
  const id = parseBatchId(`${slug}-${hash}`);
  if (id === undefined) throw new Error(`not a batch id: ${slug}-${hash}`);
  return id;
}

function splitFileName(path: string): { base: string; extension: string } {
  const name = path.split(/[/\\]/).findLast((part) => part !== '') ?? '';
  const extension = EXTENSION.exec(name)?.[1]?.toLowerCase();
  if (extension === undefined) return { base: name, extension: 'txt' };
  return { base: name.slice(0, -extension.length - 1), extension };
}

function asciiSlug(text: string, maxLength: number): string {
  const words = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  return words.replace(/^-+/, '').slice(0, maxLength).replace(/-+$/, '');
}
