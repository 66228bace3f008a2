import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { metadataToOptions, optionsToMetadata } from '../domain/batch-options.ts';
import type { BatchId } from '../domain/ids.ts';
import { batchIdOf, uploadKey } from '../domain/object-keys.ts';
import type { Effects } from './effects.ts';

/** Where the files of schedules are kept: what lies there is no upload, so it is not taken in by itself. */
export const SCHEDULES_PREFIX = 'schedules/';

const tick = z.object({
  schedule: z.string().check(z.regex(/^[A-Za-z0-9_.-]{1,64}$/)),
  /** When the tick was planned, not when it came: EventBridge Scheduler's `<aws.scheduler.scheduled-time>`. */
  plannedAt: z.iso.datetime({ offset: true }),
  sourceKey: z.string().check(z.startsWith(SCHEDULES_PREFIX)),
  /** Batch options by name, as in an upload's metadata but without `pressrun-`: `model`, `variants`, `tags`, … */
  options: z.optional(z.record(z.string(), z.string())),
});

/** A tick of a schedule: the payload that EventBridge Scheduler sends. */
export type ScheduleTick = z.infer<typeof tick>;

export type ScheduledBatch =
  | { readonly kind: 'submitted'; readonly batch: BatchId; readonly key: string; readonly isNew: boolean }
  | { readonly kind: 'problem'; readonly message: string };

/** Reads a tick; a problem names the fields that are wrong. */
export function parseTick(
  payload: unknown,
):
  | { readonly kind: 'tick'; readonly tick: ScheduleTick }
  | { readonly kind: 'problem'; readonly message: string } {
  const parsed = tick.safeParse(payload);
  if (parsed.success) return { kind: 'tick', tick: parsed.data };
  const fields = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'payload'}: ${message}`);
  return { kind: 'problem', message: `not the tick of a schedule: ${fields.join('; ')}` };
}

/**
 * Submits a schedule's file as a batch of its own: a copy under `uploads/`, whose key derives from schedule and planned
 * time. The same tick twice is one batch (I7), even where the file was changed between the two.
 */
export async function submitScheduled(
  effects: Pick<Effects, 'store'>,
  { schedule, plannedAt, sourceKey, options = {} }: ScheduleTick,
): Promise<ScheduledBatch> {
  const parsed = metadataToOptions(
    Object.fromEntries(Object.entries(options).map(([name, value]) => [`pressrun-${name}`, value])),
  );
  if (parsed.kind === 'problem') return parsed;
  const metadata = optionsToMetadata(parsed.options);
  if (metadata.kind === 'problem') return metadata;
  const source = await effects.store.get(sourceKey);
  if (source === undefined)
    return { kind: 'problem', message: `schedule ${schedule}: there is no object ${sourceKey}` };

  const key = tickKey(schedule, plannedAt, sourceKey);
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

/** `2026-11-21T08:00:00Z` and `2026-11-21T09:00:00+01:00` are the same tick. */
function tickKey(schedule: string, plannedAt: string, sourceKey: string): string {
  const planned = new Date(plannedAt).toISOString();
  const hash = createHash('sha256').update(`${schedule}\n${planned}`).digest('hex');
  const extension = /\.[a-z0-9]{1,8}$/i.exec(sourceKey)?.[0] ?? '.txt';
  return uploadKey(`${schedule}-${planned.slice(0, 16).replaceAll(/[-:]/g, '')}${extension}`, hash);
}
