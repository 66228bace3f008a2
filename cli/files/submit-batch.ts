import type { BatchOptions } from '../../shared/domain/batch/batch.ts';
import type { BatchId } from '../../shared/domain/ids.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import type { PromptFile } from '../../shared/pipeline/ingest/submit.ts';
import { submitRun } from '../../shared/pipeline/ingest/submit-run.ts';
import { applyBudget } from '../../shared/pipeline/money/raise-budget.ts';
import { UsageError } from '../usage-error.ts';

interface SubmitSettings {
  /** Submits a complete batch with missing images as its next run. */
  readonly regeneratesMissing: boolean;
  readonly say: (line: string) => void;
}

/** Submits a file with its budget. Throws `UsageError` if it can't be submitted. */
export async function submitBatch(
  effects: Effects,
  file: PromptFile,
  options: BatchOptions,
  { regeneratesMissing, say }: SubmitSettings,
): Promise<{ readonly batch: BatchId; readonly key: string; readonly isNew: boolean }> {
  const submitted = await submitRun(effects, file, options, { regeneratesMissing });
  if (submitted.kind === 'problem') throw new UsageError(submitted.message);
  await applyBudget(effects, submitted, options, say);
  return submitted;
}
