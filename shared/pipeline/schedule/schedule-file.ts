import { createHash } from 'node:crypto';
import { UPLOADS_PREFIX, uploadKey } from '../../domain/item/object-keys.ts';
import type { Effects } from '../effects.ts';
import type { PromptFile } from '../ingest/submit.ts';
import { SCHEDULES_PREFIX } from './scheduled-batch.ts';

/** Stores a schedule's prompt file; returns its key, `schedules/<name>/<file>-<hash>.csv`. */
export async function storeScheduleFile(
  { store }: Pick<Effects, 'store'>,
  schedule: string,
  file: PromptFile,
): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of file.open()) hash.update(chunk);
  const key = uploadKey(file.name, hash.digest('hex')).replace(
    UPLOADS_PREFIX,
    `${SCHEDULES_PREFIX}${schedule}/`,
  );
  await store.put(key, file.open(), { contentType: file.contentType });
  return key;
}
