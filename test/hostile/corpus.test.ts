import { readFile, writeFile } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { hostileCases } from './cases.ts';

const OUTCOMES = new URL('./outcomes.json', import.meta.url);
const MOST_KEPT_BYTES = 64 * 1024 * 1024;

/** Every case has its outcome in `outcomes.json`; `PRESSRUN_WRITE_OUTCOMES=1` writes what to review there. */
test('foreign input is read, refused or rejected as expected, and leaks no memory', async () => {
  const collectGarbage = garbageCollector();
  const cases = await hostileCases();
  collectGarbage();
  const before = process.memoryUsage();
  const outcomes: Record<string, string> = {};
  for (const { name, run } of cases) {
    expect(outcomes[name], `two cases are called ${name}`).toBeUndefined();
    try {
      outcomes[name] = (await run()).slice(0, 160);
    } catch (error) {
      outcomes[name] = `CRASHED: ${error instanceof Error ? error.stack?.slice(0, 300) : String(error)}`;
    }
  }
  collectGarbage();
  const after = process.memoryUsage();

  if (process.env.PRESSRUN_WRITE_OUTCOMES) {
    await writeFile(OUTCOMES, `${JSON.stringify(outcomes, null, 2)}\n`);
  }
  expect(cases.length).toBeGreaterThanOrEqual(300);
  expect(outcomes).toEqual(JSON.parse(await readFile(OUTCOMES, 'utf8')));
  expect(after.heapUsed + after.external - before.heapUsed - before.external).toBeLessThan(MOST_KEPT_BYTES);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  return typeof collect === 'function' ? () => void collect() : () => undefined;
}
