import type { Batch } from '../../domain/batch/batch.ts';
import type { Effects } from '../effects.ts';
import { INTAKE_TRIES, markReading, readReadingMarks } from '../ingest/reading-marks.ts';
import { uploadMessageOf } from '../messages.ts';
import { closeFailedIntake } from './close-failed.ts';

/** Readers give a sign every 20 s, and a failed try is repeated within a minute. */
const QUIET_MS = 3 * 60_000;
const LONGEST_QUIET_MS = 60 * 60_000;

/** Resends the message of a file without progress for minutes, ever more rarely; refuses the file after enough failures. */
export async function reviveIntake(effects: Effects, batch: Batch): Promise<void> {
  const marks = await readReadingMarks(effects, batch.id);
  const { readTries = 0, readAtMs = Date.parse(batch.createdAt), readProblem, readSent = 0 } = marks;
  const quietMs = Math.min(LONGEST_QUIET_MS, QUIET_MS * 2 ** readSent);
  if (effects.clock.now() - readAtMs < quietMs) return;
  if (readTries >= INTAKE_TRIES) {
    await closeFailedIntake(effects, batch, readProblem ?? 'its readers crashed');
    return;
  }
  await markReading(effects, batch.id, { readSent: readSent + 1 });
  await effects.ingestQueue.send([uploadMessageOf(batch)]);
}
