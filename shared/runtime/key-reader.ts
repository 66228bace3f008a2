import type { Clock } from '../pipeline/ports.ts';
import { KeyUnreadableError } from '../provider/types.ts';

/** How long a worker uses its key: all take a new one within this time. */
export const KEY_FRESH_MS = 30_000;
/** Between tries while the last key serves. */
const TRY_AGAIN_MS = 5_000;
/** A throttled call is worth some 15 s of waiting. */
const WAITS_MS = [500, 1_000, 2_000, 4_000, 8_000] as const;

interface KeyReaderOptions {
  /** Undefined if there is no key; rejects if unknown now. */
  readonly read: () => Promise<string | undefined>;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
}

type Look =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'unreadable'; readonly error: unknown };

/** The key, read again after 30 s. If unreadable, the last one serves; without one, `KeyUnreadableError` after some 15 s. */
export function createKeyReader({ read, clock, random }: KeyReaderOptions): () => Promise<string> {
  let good: { readonly key: string; readonly untilMs: number } | undefined;
  let reading: Promise<string> | undefined;

  async function readAgain(): Promise<string> {
    for (const waitMs of WAITS_MS) {
      const look = await lookOnce();
      if (look.kind === 'key') return look.key;
      await clock.sleep(waitMs * (0.5 + random()));
    }
    const last = await lookOnce();
    if (last.kind === 'key') return last.key;
    throw new KeyUnreadableError(reasonOf(last.error), { cause: last.error });
  }

  async function lookOnce(): Promise<Look> {
    try {
      return { kind: 'key', key: took(await read()) };
    } catch (error) {
      if (error instanceof NoKeyError) throw error;
      if (good !== undefined) return { kind: 'key', key: serveOn(good.key) };
      return { kind: 'unreadable', error };
    }
  }

  function took(key: string | undefined): string {
    good = key === undefined ? undefined : { key, untilMs: clock.now() + KEY_FRESH_MS };
    if (good === undefined) throw new NoKeyError();
    return good.key;
  }

  function serveOn(key: string): string {
    good = { key, untilMs: clock.now() + TRY_AGAIN_MS };
    return key;
  }

  return async () => {
    if (good !== undefined && clock.now() < good.untilMs) return good.key;
    reading ??= readAgain().finally(() => {
      reading = undefined;
    });
    return await reading;
  };
}

class NoKeyError extends Error {
  override name = 'NoKeyError';
  constructor() {
    super('no key was set for this stage: set it with `pressrun key set --stage …`');
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
