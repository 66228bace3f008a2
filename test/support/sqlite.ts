import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type EmbeddedStage, openEmbeddedStage } from '../../local/stage/embedded-stage.ts';
import { systemClock } from '../../shared/aws/system-clock.ts';
import type { Clock } from '../../shared/pipeline/ports.ts';

/** A new folder, removed after the test. */
export async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pressrun-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A stage of its own, closed after the test. */
export async function freshSqliteStage(clock: Clock = systemClock()): Promise<EmbeddedStage> {
  return await openStageIn(await freshFolder(), clock);
}

/** A stage in that folder, closed after the test. */
export async function openStageIn(folder: string, clock: Clock = systemClock()): Promise<EmbeddedStage> {
  const stage = await openEmbeddedStage(folder, clock);
  onTestFinished(stage.close);
  return stage;
}
