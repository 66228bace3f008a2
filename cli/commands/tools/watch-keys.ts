import type { ReadStream } from 'node:tty';

/** Reads single keys on a terminal; elsewhere does nothing. */
export function watchKeys(
  input: Pick<ReadStream, 'on' | 'off' | 'resume' | 'pause'> & {
    readonly isTTY?: boolean;
    setRawMode?(raw: boolean): unknown;
  },
  keys: Readonly<Record<string, () => void>>,
): { stop(): void } {
  if (input.isTTY !== true || input.setRawMode === undefined) return { stop: () => undefined };
  const onData = (data: Buffer | string) => keys[String(data)]?.();
  input.setRawMode(true);
  input.on('data', onData);
  input.resume();
  return {
    stop: () => {
      input.off('data', onData);
      input.setRawMode?.(false);
      input.pause();
    },
  };
}
