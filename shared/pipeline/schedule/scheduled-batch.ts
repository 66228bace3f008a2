import { createHash } from 'node:crypto';
import { MODEL_METADATA, metadataToOptions, optionsToMetadata } from '../../domain/batch/batch-options.ts';
import type { BatchId } from '../../domain/ids.ts';
import { batchIdOf, uploadKey } from '../../domain/item/object-keys.ts';
import { fillTemplate } from '../../domain/prompt-file/template/template.ts';
import { SCHEDULE_TAG, type Schedule } from '../../domain/schedule/schedule.ts';
import { type ScheduleVariables, scheduleVariables } from '../../domain/schedule/variables.ts';
import type { Effects } from '../effects.ts';

/** Schedules' files: not uploads, so they are not ingested. */
export const SCHEDULES_PREFIX = 'schedules/';

type ScheduledBatch =
  | { readonly kind: 'submitted'; readonly batch: BatchId; readonly key: string; readonly isNew: boolean }
  | { readonly kind: 'problem'; readonly message: string };

type Source = Pick<Schedule, 'name' | 'timeZone' | 'sourceKey' | 'metadata'>;

/** Submits a schedule's file as a copy under `uploads/`, whose key derives from schedule and time: one batch (I7). */
export async function submitScheduled(
  effects: Pick<Effects, 'store'>,
  schedule: Source,
  plannedAt: string,
  run: number,
): Promise<ScheduledBatch> {
  const { name, timeZone, sourceKey } = schedule;
  const metadata = scheduledMetadata(schedule, scheduleVariables(plannedAt, timeZone, run));
  if (metadata.kind === 'problem') return metadata;
  const source = await effects.store.get(sourceKey);
  if (source === undefined) return { kind: 'problem', message: `there is no object ${sourceKey}` };

  const key = tickKey(name, plannedAt, sourceKey);
  const put = await effects.store.put(key, source.body, {
    contentType: source.info.contentType,
    metadata: metadata.metadata,
    onlyIfAbsent: true,
  });
  if (put.kind === 'stored')
    return { kind: 'submitted', batch: batchIdOf(key, put.version), key, isNew: true };
  const info = await effects.store.head(key);
  if (info === undefined) throw new Error(`${key} was there and is gone: try again`);
  return { kind: 'submitted', batch: batchIdOf(key, info.version), key, isNew: false };
}

/** A run's options: the schedule's with variables, tag and filled name. */
export function scheduledMetadata(
  { name, metadata }: Pick<Schedule, 'name' | 'metadata'>,
  variables: ScheduleVariables,
): ReturnType<typeof optionsToMetadata> {
  const parsed = metadataToOptions(metadata);
  if (parsed.kind === 'problem') return parsed;
  const { options } = parsed;
  if (options.tags[SCHEDULE_TAG] !== undefined)
    return { kind: 'problem', message: `tags: "${SCHEDULE_TAG}" is given by pressrun; choose another name` };
  const title = fillTemplate(options.name ?? name, variables);
  if (title.kind === 'rejected') return { kind: 'problem', message: `name: ${title.reason}` };
  const tags = { ...options.tags, [SCHEDULE_TAG]: name };
  const whole = optionsToMetadata({ ...options, name: title.text, tags, variables });
  if (whole.kind === 'problem') return whole;
  // Checks the additions now, not at the first run.
  const checked = metadataToOptions(whole.metadata);
  if (checked.kind === 'problem') return checked;
  // A named model stays: the stage's default may differ from this program's.
  const model = metadata[MODEL_METADATA];
  return {
    kind: 'metadata',
    metadata: { ...whole.metadata, ...(model === undefined ? {} : { [MODEL_METADATA]: model }) },
  };
}

/** `2026-11-21T08:00:00Z` and `2026-11-21T09:00:00+01:00` are the same trigger. */
function tickKey(schedule: string, plannedAt: string, sourceKey: string): string {
  const planned = new Date(plannedAt).toISOString();
  const hash = createHash('sha256').update(`${schedule}\n${planned}`).digest('hex');
  const extension = /\.[a-z0-9]{1,8}$/i.exec(sourceKey)?.[0] ?? '.txt';
  return uploadKey(`${schedule}-${planned.slice(0, 16).replaceAll(/[-:]/g, '')}${extension}`, hash);
}
