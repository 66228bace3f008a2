import { createHash } from 'node:crypto';
import { type AttemptId, type BatchId, parseBatchId } from '../ids.ts';
import { safeName } from './file-name.ts';
import { IMAGE_EXTENSIONS, type ImageType } from './image-type.ts';

export const UPLOADS_PREFIX = 'uploads/';

type BatchFile = 'manifest.csv' | 'manifest.jsonl' | 'rejected.csv' | 'summary.json';

const EXTENSION = /\.([a-z0-9]{1,8})$/i;

const IMAGES_PREFIX = 'images/';

/** `images/<batch>/<stem>.png`. */
export function imageKey(batch: BatchId, stem: string, type: ImageType): string {
  return `${imagesPrefix(batch)}${stem}.${IMAGE_EXTENSIONS[type]}`;
}

export function imagesPrefix(batch: BatchId): string {
  return `${IMAGES_PREFIX}${batch}/`;
}

/** Undefined if the key is no image's. */
export function batchOfImage(key: string): BatchId | undefined {
  return isImageKey(key) ? parseBatchId(key.split('/')[1] ?? '') : undefined;
}

export function isImageKey(key: string): boolean {
  return key.startsWith(IMAGES_PREFIX);
}

/** A further image of a response, `n` from 2, in a folder of its own. */
export function extraKey(batch: BatchId, stem: string, n: number, type: ImageType): string {
  return `${imagesPrefix(batch)}extras/${stem}-${n}.${IMAGE_EXTENSIONS[type]}`;
}

/** A response's text that is too long for metadata. */
export function textKey(batch: BatchId, stem: string, attempt: AttemptId): string {
  return `${imagesPrefix(batch)}extras/${stem}-${attempt}.txt`;
}

/** A whole unreadable response. */
export function quarantineKey(batch: BatchId, attempt: AttemptId): string {
  return `${quarantinePrefix(batch)}${attempt}`;
}

export function quarantinePrefix(batch: BatchId): string {
  return `quarantine/${batch}/`;
}

export const REFERENCES_PREFIX = 'references/';

/** A reference's snapshot, by content. */
export function referenceKey(sha256Hex: string, type: ImageType): string {
  return `${REFERENCES_PREFIX}${sha256Hex}.${IMAGE_EXTENSIONS[type]}`;
}

/** The references of an uploaded file that were the submitter's files. */
export function referenceListKey(uploadKey: string): string {
  return `${REFERENCES_PREFIX}lists/${uploadKey.slice(UPLOADS_PREFIX.length)}.json`;
}

export function batchFileKey(batch: BatchId, file: BatchFile): string {
  return `${batchFilesPrefix(batch)}${file}`;
}

export function batchFilesPrefix(batch: BatchId): string {
  return `batches/${batch}/`;
}

/** The same content and name have the same key. */
export function uploadKey(fileName: string, contentSha256Hex: string): string {
  const { base, extension } = splitFileName(fileName);
  const safe = safeName(base, 60) || 'prompts';
  return `${UPLOADS_PREFIX}${safe}-${contentSha256Hex.slice(0, 12).toLowerCase()}.${extension}`;
}

/** The original name in an upload's key, else the key's own. */
export function uploadName(key: string): string {
  const { base, extension } = splitFileName(key);
  const name = key.startsWith(UPLOADS_PREFIX) ? base.replace(/-[0-9a-f]{12}$/, '') : safeName(base, 60);
  return `${name || 'prompts'}.${extension}`;
}

/** By key and version, so that a repeated event is the same batch. */
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
