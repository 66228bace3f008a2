import { INTAKE_TRIES } from '../../../shared/pipeline/ingest/reading-marks.ts';
import type { RowChange } from '../memory/memory-table.ts';
import type { Tell, Watch, Watched } from '../watch.ts';

/** What may be throttled beside the table. */
const OTHER_PLACES = ['store', 'work', 'ingest'];

/**
 * A batch is completed exactly once, when all its items have ended, and its manifest says how; once more for each time that
 * an image which came late opened it again.
 */
export function watchBatch({ facts, scenario, throttledPlaces }: Watched, tell: Tell): Watch {
  let completions = 0;
  let reopenings = 0;

  function onBatch({ before, after }: RowChange): void {
    if (before?.state === 'complete' && after?.state === 'running') reopenings += 1;
    else if (before?.state === 'complete') tell('end', 'the batch was changed after its completion');
    if (before?.state === 'complete' || after?.state !== 'complete') return;
    completions += 1;
    const open = [...facts.items.values()].filter(({ stored }) =>
      /queued|working/.test(String(stored.state)),
    );
    if (open.length > 0) tell('end', `the batch was completed with ${open.length} open items`);
  }

  /** A file is refused where each of so many tries to read it was kept from it: by the store or a queue, and never by a busy table. */
  function checkRefusal(): void {
    const { length } = scenario.faults;
    const isThrottled = OTHER_PLACES.some((place) => throttledPlaces().has(place));
    if (length < INTAKE_TRIES && !isThrottled) tell('end', `the file was refused after ${length} faults`);
  }

  function checkManifest(): void {
    const object = facts.store.peek(`batches/${facts.batch()?.batch}/manifest.jsonl`);
    if (object === undefined) {
      tell('end', 'the batch has no manifest');
      return;
    }
    const lines = Buffer.from(object.bytes).toString().trim().split('\n');
    const items = lines.map((line) => lineOf(JSON.parse(line)));
    const expected = [...facts.items.values()]
      .sort((a, b) => a.row - b.row)
      .map(({ stored }) => lineOf(stored));
    if (items.join('\n') !== expected.join('\n'))
      tell('end', `the manifest says ${items.join('; ')}, the table ${expected.join('; ')}`);
  }

  return {
    onRows: (changes) => {
      for (const change of changes) if (change.key.sk === 'BATCH') onBatch(change);
    },
    atEnd: () => {
      if (scenario.items.length + scenario.rejected.length === 0) return;
      if (facts.batch()?.state === 'refused') return checkRefusal();
      if (completions !== 1 + reopenings) {
        tell('end', `the batch was completed ${completions} times, and opened again ${reopenings} times`);
      }
      if (scenario.items.length > 0) checkManifest();
    },
  };
}

function lineOf({ row, state, image }: Readonly<Record<string, unknown>>): string {
  const sha256 = typeof image === 'object' && image !== null && 'sha256' in image ? image.sha256 : '';
  return `${row} ${state} ${sha256}`;
}
