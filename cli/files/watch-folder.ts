import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_BATCH_OPTIONS } from '../../shared/domain/batch/batch.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { submitFile } from '../../shared/pipeline/ingest/submit.ts';
import { isHiddenUpload } from '../../shared/pipeline/ingest/uploads.ts';
import { oneLine } from '../text/one-line.ts';
import { type FileFlags, openPromptFile } from './prompt-file.ts';

type Dropping = Pick<Effects, 'store' | 'log' | 'defaultModel'>;

interface WatchFolderOptions {
  readonly folder: string;
  readonly effects: Effects;
  /** Other folders for references. */
  readonly allowReferencesFrom?: readonly string[] | undefined;
  readonly intervalMs: number;
  readonly say: (line: string) => void;
}

/** Submits every file in a folder until stopped. Files stay. */
export function watchFolder(options: WatchFolderOptions): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const look = createFolderScan(options);
  const watch = async () => {
    while (!stopping.signal.aborted) {
      await look();
      await options.effects.clock.sleep(options.intervalMs, stopping.signal);
    }
  };
  const ended = watch();
  return {
    stop: () => {
      stopping.abort();
      return ended;
    },
  };
}

/** Scans the folder once. Takes a file that two scans found the same, because files grow while they are copied. */
export function createFolderScan({
  folder,
  effects,
  allowReferencesFrom,
  say,
}: Omit<WatchFolderOptions, 'intervalMs' | 'effects'> & { readonly effects: Dropping }): () => Promise<void> {
  let found: ReadonlyMap<string, string> = new Map();
  const taken = new Map<string, string>();
  return async () => {
    const now = await stateOf(folder);
    for (const [name, state] of now) {
      if (found.get(name) !== state || taken.get(name) === state) continue;
      taken.set(name, state);
      say(`${join(folder, name)}: ${await submitDropped(effects, join(folder, name), allowReferencesFrom)}`);
    }
    found = now;
  };
}

async function submitDropped(
  effects: Dropping,
  path: string,
  allowReferencesFrom: FileFlags['allowReferencesFrom'],
): Promise<string> {
  const defaults = { ...DEFAULT_BATCH_OPTIONS, settings: { model: effects.defaultModel } };
  try {
    const file = await openPromptFile(path, defaults, { allowReferencesFrom });
    const submitted = await submitFile(effects, file, defaults);
    if (submitted.kind === 'problem') return submitted.message;
    return `batch ${submitted.batch}${submitted.isNew ? '' : ', which is known'}`;
  } catch (error) {
    effects.log.error('a dropped file could not be submitted', error, { path });
    return `not taken: ${oneLine(error).replace(`${path}: `, '')}`;
  }
}

/** Size and modification time of each file; empty without the folder. */
async function stateOf(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const states = new Map<string, string>();
  for (const entry of entries) {
    if (!entry.isFile() || isHiddenUpload(entry.name)) continue;
    const info = await stat(join(folder, entry.name)).catch(() => undefined);
    if (info !== undefined && info.size > 0) states.set(entry.name, `${info.size} ${info.mtimeMs}`);
  }
  return states;
}
