import type { CommandContext } from '../command.ts';
import { EXIT } from '../exit-codes.ts';

/** The first Ctrl-C (SIGTERM, closed terminal) aborts the signal; the second ends the process. */
export function watchInterrupts(): { readonly signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  return {
    signal: controller.signal,
    stop: () => {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}

/** Runs a read-only command: the first Ctrl-C ends the process at once. */
export async function endingAtOnce<Result>(
  interrupted: AbortSignal,
  look: () => Promise<Result>,
): Promise<Result> {
  const end = () => process.exit(EXIT.interrupted);
  if (interrupted.aborted) end();
  interrupted.addEventListener('abort', end);
  try {
    return await look();
  } finally {
    interrupted.removeEventListener('abort', end);
  }
}

/** Explains why the command does not end at once. `before` clears the line. */
export function announceWait({ out, interrupted }: CommandContext, before: () => void): void {
  const say = () => {
    before();
    out.say(
      'Stopping. Waiting for calls in progress (they are billed either way). Press Ctrl-C again to quit now.',
    );
  };
  interrupted.addEventListener('abort', say, { once: true });
}
