import type { ServerResponse } from 'node:http';
import type { BatchId } from '../../shared/domain/ids.ts';
import { readMarksVersion } from '../../shared/pipeline/batch/marks.ts';
import type { BatchSummary } from '../api/batch.ts';
import { changesBetween, etagOf } from '../data/batch-index.ts';
import type { Snapshot } from '../data/snapshots.ts';
import type { Api } from './api.ts';
import { pageHeaders } from './send.ts';

/** So often the counters of open batches are read while somebody looks: one query of a few rows each. */
const POLL_MS = 2_000;
const HEARTBEAT_MS = 15_000;
/** More changes than this at once, and the page fetches the index again. */
const MOST_CHANGES = 2_000;

/** One open page. */
interface Viewer {
  readonly response: ServerResponse;
  readonly batch: BatchId | undefined;
  sent: Map<string, string>;
  snapshot: Snapshot | undefined;
  lastMs: number;
}

export type Live = ReturnType<typeof createLive>;

/**
 * Tells open pages what has changed, by server-sent events. All pages share one poll; nothing is read while none is open.
 */
export function createLive(api: Api) {
  const viewers = new Set<Viewer>();
  const { clock, table, log } = api.host.effects;
  let polling: Promise<void> | undefined;
  let stopping = new AbortController();

  function add(response: ServerResponse, batch: BatchId | undefined): void {
    response.writeHead(200, {
      ...pageHeaders('text/event-stream; charset=utf-8'),
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    response.write('retry: 2000\n\n');
    const viewer: Viewer = { response, batch, sent: new Map(), snapshot: undefined, lastMs: clock.now() };
    viewers.add(viewer);
    response.once('close', () => {
      viewers.delete(viewer);
      if (viewers.size === 0) stopping.abort();
    });
    if (polling !== undefined) return;
    stopping = new AbortController();
    polling = poll(stopping.signal).finally(() => {
      polling = undefined;
    });
  }

  async function poll(signal: AbortSignal): Promise<void> {
    while (viewers.size > 0) {
      try {
        await look();
      } catch (error) {
        log.error('the dashboard could not read the stage', error);
        for (const viewer of viewers) send(viewer, 'trouble', { text: 'The stage could not be read.' });
      }
      await clock.sleep(POLL_MS, signal);
    }
  }

  async function look(): Promise<void> {
    const open = await api.summaries.open();
    const watched = new Set([...viewers].map(({ batch }) => batch).filter((id) => id !== undefined));
    const summaries = new Map<string, BatchSummary>(open.map((each) => [each.batch, each]));
    for (const id of watched) {
      const summary = summaries.get(id) ?? (await api.summaries.one(id));
      if (summary !== undefined) summaries.set(id, summary);
      const snapshot = await api.snapshots.latest(id);
      const version = await readMarksVersion(table, id);
      for (const viewer of viewers) {
        if (viewer.batch !== id) continue;
        if (summary !== undefined) sendIfNew(viewer, 'batch', summary);
        sendIfNew(viewer, 'marks', { version });
        sendItems(viewer, snapshot);
      }
    }
    for (const viewer of viewers) {
      if (viewer.batch === undefined) sendIfNew(viewer, 'batches', { batches: open });
      if (clock.now() - viewer.lastMs > HEARTBEAT_MS) write(viewer, ': still here\n\n');
    }
  }

  function sendItems(viewer: Viewer, snapshot: Snapshot): void {
    const before = viewer.snapshot;
    viewer.snapshot = snapshot;
    if (before === snapshot) return;
    const etag = etagOf(snapshot);
    if (before === undefined) {
      send(viewer, 'index', { version: etag });
      return;
    }
    const changes = changesBetween(before, snapshot);
    if (changes === undefined || changes.length > MOST_CHANGES) send(viewer, 'index', { version: etag });
    else if (changes.length > 0) send(viewer, 'items', { version: etag, changes });
  }

  function sendIfNew(viewer: Viewer, event: string, value: object): void {
    const text = JSON.stringify(value);
    if (viewer.sent.get(event) === text) return;
    viewer.sent.set(event, text);
    send(viewer, event, value);
  }

  function send(viewer: Viewer, event: string, value: object): void {
    write(viewer, `event: ${event}\ndata: ${JSON.stringify(value)}\n\n`);
  }

  function write(viewer: Viewer, text: string): void {
    viewer.lastMs = clock.now();
    viewer.response.write(text);
  }

  return {
    add,
    close: async () => {
      for (const { response } of viewers) response.end();
      viewers.clear();
      stopping.abort();
      await polling;
    },
  };
}
