import type { ServerResponse } from 'node:http';
import type { BatchId } from '../../shared/domain/ids.ts';
import { changesBetween, etagOf } from '../data/batch-index.ts';
import type { Snapshot } from '../data/snapshots.ts';

const HEARTBEAT_MS = 15_000;
/** More changes than this at once, and the page fetches the index again. */
const MOST_CHANGES = 2_000;

export type Viewer = ReturnType<typeof createViewer>;

/** One open page: what it was told last, so that it is told only what is new. */
export function createViewer(response: ServerResponse, batch: BatchId | undefined, now: () => number) {
  const sent = new Map<string, string>();
  let shown: Snapshot | undefined;
  let lastMs = now();

  function write(text: string): void {
    lastMs = now();
    response.write(text);
  }

  function send(event: string, value: object): void {
    write(`event: ${event}\ndata: ${JSON.stringify(value)}\n\n`);
  }

  return {
    batch,
    send,
    sendIfNew: (event: string, value: object): void => {
      const text = JSON.stringify(value);
      if (sent.get(event) === text) return;
      sent.set(event, text);
      send(event, value);
    },
    sendItems: (snapshot: Snapshot): void => {
      const before = shown;
      shown = snapshot;
      if (before === snapshot) return;
      const version = etagOf(snapshot);
      const changes = before === undefined ? undefined : changesBetween(before, snapshot);
      if (changes === undefined || changes.length > MOST_CHANGES) send('index', { version });
      else if (changes.length > 0) send('items', { version, changes });
    },
    beat: (): void => {
      if (now() - lastMs > HEARTBEAT_MS) write(': still here\n\n');
    },
    end: (): void => {
      response.end();
    },
  };
}
