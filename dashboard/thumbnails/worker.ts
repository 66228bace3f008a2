import { type ChildProcess, fork } from 'node:child_process';

/** A process that makes thumbnails, started with the first one. */
export interface ThumbnailWorker {
  /** Starts the process if there is none: the first thumbnail then waits for no start. */
  warm(): void;
  make(bytes: Uint8Array, longEdge: number): Promise<Buffer>;
  close(): void;
}

type Reply = { readonly id: number; readonly webp?: Uint8Array; readonly error?: string };

interface Waiting {
  readonly resolve: (webp: Buffer) => void;
  readonly reject: (error: Error) => void;
}

export function createThumbnailWorker(): ThumbnailWorker {
  const waiting = new Map<number, Waiting>();
  let child: ChildProcess | undefined;
  let last = 0;

  function start(): ChildProcess {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const started = fork(new URL(`./process.${extension}`, import.meta.url), {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: [],
    });
    started.on('message', (message) => settle(message as Reply));
    const end = () => {
      if (child === started) child = undefined;
      for (const { reject } of waiting.values()) reject(new Error('the thumbnail process ended'));
      waiting.clear();
    };
    started.once('exit', end);
    started.once('error', end);
    // The dashboard may end while it idles.
    started.unref();
    started.channel?.unref();
    return started;
  }

  function settle({ id, webp, error }: Reply): void {
    const asked = waiting.get(id);
    waiting.delete(id);
    if (webp === undefined) asked?.reject(new Error(error ?? 'no thumbnail'));
    else asked?.resolve(Buffer.from(webp));
    if (waiting.size === 0) child?.channel?.unref();
  }

  return {
    warm: () => {
      child ??= start();
    },
    make: (bytes, longEdge) =>
      new Promise((resolve, reject) => {
        child ??= start();
        child.channel?.ref();
        last += 1;
        waiting.set(last, { resolve, reject });
        child.send({ id: last, bytes, longEdge }, (error) => {
          if (error) reject(error);
        });
      }),
    close: () => {
      child?.disconnect();
      child = undefined;
    },
  };
}
