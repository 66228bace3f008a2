import type { ServerResponse } from 'node:http';
import type { BatchId } from '../../shared/domain/ids.ts';
import { readMarksVersion } from '../../shared/pipeline/batch/marks.ts';
import type { BatchSummary } from '../api/batch.ts';
import type { Api } from './api.ts';
import { pageHeaders } from './send.ts';
import { createViewer, type Viewer } from './viewer.ts';

/** So often the counters of open batches are read while somebody looks: one query of a few rows each. */
const POLL_MS = 2_000;

export type Live = ReturnType<typeof createLive>;

/** Sends changes to open pages by server-sent events. All pages share one poll; without pages nothing is read. */
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
    const viewer = createViewer(response, batch, clock.now);
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
        for (const viewer of viewers) viewer.send('trouble', { text: 'The stage could not be read.' });
      }
      await clock.sleep(POLL_MS, signal);
    }
  }

  async function look(): Promise<void> {
    const open = await api.summaries.open();
    const watched = new Set([...viewers].map(({ batch }) => batch).filter((id) => id !== undefined));
    for (const id of watched) await lookAt(id, open);
    for (const viewer of viewers) {
      if (viewer.batch === undefined) viewer.sendIfNew('batches', { batches: open });
      viewer.beat();
    }
  }

  async function lookAt(id: BatchId, open: readonly BatchSummary[]): Promise<void> {
    const summary = open.find(({ batch }) => batch === id) ?? (await api.summaries.one(id));
    const snapshot = await api.snapshots.latest(id);
    const version = await readMarksVersion(table, id);
    for (const viewer of viewers) {
      if (viewer.batch !== id) continue;
      if (summary !== undefined) viewer.sendIfNew('batch', summary);
      viewer.sendIfNew('marks', { version });
      viewer.sendItems(snapshot);
    }
  }

  return {
    add,
    close: async () => {
      for (const viewer of viewers) viewer.end();
      viewers.clear();
      stopping.abort();
      await polling;
    },
  };
}
