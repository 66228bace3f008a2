import { type ChildProcess, fork } from 'node:child_process';
import type { Original } from './original.ts';
import type { Job, Reply } from './process.ts';

interface Made {
  readonly webp: Buffer;
  /** Why it could not be kept where that was asked. */
  readonly unkept?: string | undefined;
}

/** A process that makes thumbnails, started with the first one. */
export interface ThumbnailWorker {
  /** Starts the process if there is none: the first thumbnail then waits for no start. */
  warm(): void;
  /** A WebP whose long edge has at most so many pixels, kept in the file `keepAt`; undefined if the original is gone. */
  make(original: Original, longEdge: number, keepAt?: string): Promise<Made | undefined>;
  close(): void;
}

export function createThumbnailWorker(): ThumbnailWorker {
  const waiting = new Map<number, PromiseWithResolvers<Made | undefined>>();
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

  function settle({ id, result }: Reply): void {
    const asked = waiting.get(id);
    waiting.delete(id);
    switch (result.kind) {
      case 'made': {
        const { buffer, byteOffset, byteLength } = result.webp;
        asked?.resolve({ webp: Buffer.from(buffer, byteOffset, byteLength), unkept: result.unkept });
        break;
      }
      case 'gone':
        asked?.resolve(undefined);
        break;
      case 'failed':
        asked?.reject(new Error(result.error));
    }
    if (waiting.size === 0) child?.channel?.unref();
  }

  return {
    warm: () => {
      child ??= start();
    },
    make: (original, longEdge, keepAt) => {
      child ??= start();
      child.channel?.ref();
      last += 1;
      const asked = Promise.withResolvers<Made | undefined>();
      waiting.set(last, asked);
      child.send({ id: last, original, longEdge, keepAt } satisfies Job, (error) => {
        if (error) asked.reject(error);
      });
      return asked.promise;
    },
    close: () => {
      child?.disconnect();
      child = undefined;
    },
  };
}
