import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { tryParseJson } from '../../shared/domain/json-object.ts';
import { PLATFORM } from '../../shared/runtime/platform.ts';
import { ifMissing } from '../disk-store/files.ts';

const stageFileSchema = z.object({
  /** The current or last owner's process. */
  pid: z.number(),
  sinceMs: z.number(),
});

/** A local stage's worker, for others to name. */
export type StageFile = z.infer<typeof stageFileSchema>;

/** Undefined if there was none, or the file is not ours. */
export async function readStageFile(folder: string): Promise<StageFile | undefined> {
  const text = await readFile(join(folder, 'stage.json'), 'utf8').catch(ifMissing(undefined));
  if (text === undefined) return undefined;
  const parsed = stageFileSchema.safeParse(tryParseJson(text));
  return parsed.success ? parsed.data : undefined;
}

/** Replaces the whole file. Only for the stage's owner. */
export async function writeStageFile(folder: string, content: StageFile): Promise<void> {
  const unfinished = join(folder, 'stage.json.new');
  await writeFile(unfinished, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600 });
  await PLATFORM.rename(unfinished, join(folder, 'stage.json'));
}
