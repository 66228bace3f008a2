import { setPriority } from 'node:os';
import sharp from 'sharp';
import { scaledWebp } from './scale.ts';

/** Makes thumbnails in a process of lowest priority, on one core. Gets `{id, bytes, longEdge}`, sends `{id, webp}` or `{id, error}`. */
interface Job {
  readonly id: number;
  readonly bytes: Uint8Array;
  readonly longEdge: number;
}

const NICE = 10;

sharp.concurrency(1);
sharp.cache(false);
try {
  setPriority(NICE);
} catch {}

process.on('message', ({ id, bytes, longEdge }: Job) => {
  scaledWebp(bytes, longEdge).then(
    (webp) => process.send?.({ id, webp }),
    (error: unknown) => process.send?.({ id, error: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
// Ctrl-C goes to the whole group; the parent ends this process.
process.on('SIGINT', () => undefined);
