import { createHash } from 'node:crypto';
import { MODEL_METADATA, metadataToOptions, optionsToMetadata } from '../../domain/batch/batch-options.ts';
import type { BatchId } from '../../domain/ids.ts';
import { batchIdOf, uploadKey } from '../../domain/item/object-keys.ts';
import { fillTemplate } from '../../domain/prompt-file/template/template.ts';
import { SCHEDULE_TAG, type Schedule } from '../../domain/schedule/schedule.ts';
import { type ScheduleVariables, scheduleVariables } from '../../domain/schedule/variables.ts';
import type { Effects } from '../effects.ts';

/** Where the files of schedules are kept: what lies there is no upload, so it is not ingested by itself. */
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

/** The options of one run: the schedule's, with its variables, its tag, and a name that has them filled in. */
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
  // What is added may make too much of it: said now, not at the first run's end.
  const checked = metadataToOptions(whole.metadata);
  if (checked.kind === 'problem') return checked;
  // A model that was named stays named: the stage may have another default than this program.
  const model = metadata[MODEL_METADATA];
  return {
    kind: 'metadata',
    metadata: { ...whole.metadata, ...(model === undefined ? {} : { [MODEL_METADATA]: model }) },
  };
}

/** `2026-11-21T08:00:00Z` and `2026-11-21T09:00:00+01:00` are the same tick. */
function tickKey(schedule: string, plannedAt: string, sourceKey: string): string {
  const planned = new Date(plannedAt).toISOString();
  const hash = createHash('sha256').update(`${schedule}\n${planned}`).digest('hex');
  const extension = /\.[a-z0-9]{1,8}$/i.exec(sourceKey)?.[0] ?? '.txt';
  return uploadKey(`${schedule}-${planned.slice(0, 16).replaceAll(/[-:]/g, '')}${extension}`, hash);
}
