import { visibleUploads } from '../../shared/pipeline/ingest/uploads.ts';
import { uploadMessageOf } from '../../shared/pipeline/messages.ts';
import type { Clock, Log, ObjectHead, ObjectStore, Queue } from '../../shared/pipeline/ports.ts';

interface UploadWatcherOptions {
  readonly store: ObjectStore;
  readonly ingestQueue: Queue;
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

interface UploadWatcher {
  /** Finishes a scan in progress. */
  stop(): Promise<void>;
}

/** Sends an event for each new object under `uploads/`, as S3 does. Forgets at exit: ingest takes repeated events. */
export function startUploadWatcher(options: UploadWatcherOptions): UploadWatcher {
  const stopping = new AbortController();
  const ended = watch(options, stopping.signal);
  return {
    stop: () => {
      stopping.abort();
      return ended;
    },
  };
}

async function watch(options: UploadWatcherOptions, signal: AbortSignal): Promise<void> {
  const look = createUploadScan(options);
  while (!signal.aborted) {
    try {
      await look();
    } catch (error) {
      options.log.error('could not look for uploads; trying again', error);
    }
    await options.clock.sleep(options.intervalMs, signal);
  }
}

/** One scan of all uploads. Announces an object that two scans found the same, because files grow while they are copied. */
export function createUploadScan(
  options: Pick<UploadWatcherOptions, 'store' | 'ingestQueue'>,
): () => Promise<void> {
  let announced: ReadonlySet<string> = new Set();
  let found: ReadonlySet<string> = new Set();
  return async () => {
    const now = new Map<string, ObjectHead>();
    for await (const head of visibleUploads(options.store)) now.set(`${head.version} ${head.key}`, head);
    const fresh = [...now].filter(([id]) => found.has(id) && !announced.has(id));
    await options.ingestQueue.send(fresh.map(([, head]) => uploadMessageOf(head)));
    found = new Set(now.keys());
    const isFresh = new Set(fresh.map(([id]) => id));
    announced = new Set([...found].filter((id) => announced.has(id) || isFresh.has(id)));
  };
}
