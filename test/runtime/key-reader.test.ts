import { describe, expect, test } from 'vitest';
import { KeyUnreadableError } from '../../shared/provider/types.ts';
import { createKeyReader, KEY_FRESH_MS } from '../../shared/runtime/key-reader.ts';

describe('the key of a deployed stage', () => {
  test('is waited for while reading it is throttled for six seconds, by one reader for all', async () => {
    const { reader, clock, reads } = readerOf(({ nowMs }) => (nowMs < 6_000 ? throttled() : 'cdt_key'));

    const keys = await Promise.all([reader(), reader(), reader()]);

    expect(keys).toEqual(['cdt_key', 'cdt_key', 'cdt_key']);
    expect(clock.now()).toBeGreaterThanOrEqual(6_000);
    expect(reads()).toBeLessThan(7);
  });

  test("serves the old key if it can't be read again after 30 seconds, and retries every 5 seconds", async () => {
    const { reader, clock, reads } = readerOf(({ nowMs }) => (nowMs > 1_000 ? throttled() : 'cdt_good'));
    await reader();

    await clock.sleep(KEY_FRESH_MS);
    const later = [await reader(), await reader()];
    await clock.sleep(5_000);
    later.push(await reader());

    expect(later).toEqual(['cdt_good', 'cdt_good', 'cdt_good']);
    expect(reads()).toBe(3);
  });

  test('that stays unreadable is an outage, not a refused key', async () => {
    const { reader, clock } = readerOf(throttled);

    const outcome = await reader().catch((error: unknown) => error);

    expect(outcome).toBeInstanceOf(KeyUnreadableError);
    expect(String(outcome)).toContain('ThrottlingException: Rate exceeded');
    expect(clock.now()).toBeLessThan(30_000);
  });

  test('fails at once if it was never set, and a new one is used at the next read', async () => {
    let key: string | undefined;
    const { reader, clock } = readerOf(() => key);

    await expect(reader()).rejects.toThrow('no key was set for this stage');
    key = 'cdt_new';

    expect(await reader()).toBe('cdt_new');
    expect(clock.now()).toBe(0);
  });

  test('that was taken away is not served from memory', async () => {
    let key: string | undefined = 'cdt_old';
    const { reader, clock } = readerOf(() => key);
    await reader();
    key = undefined;
    await clock.sleep(KEY_FRESH_MS);

    await expect(reader()).rejects.toThrow('no key was set');
  });
});

function throttled(): never {
  throw Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
}

function readerOf(answer: (at: { readonly nowMs: number }) => string | undefined) {
  let nowMs = 0;
  let count = 0;
  const clock = {
    now: () => nowMs,
    sleep: async (ms: number) => {
      nowMs += ms;
    },
  };
  const read = async () => {
    count += 1;
    return answer({ nowMs });
  };
  return { reader: createKeyReader({ read, clock, random: () => 0.5 }), clock, reads: () => count };
}
