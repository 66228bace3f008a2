import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DEFAULT_MODEL, withLimits } from '../../../shared/domain/calls/models.ts';
import { quarantineKey } from '../../../shared/domain/item/object-keys.ts';
import { endPauses } from '../../../shared/pipeline/rate/provider-pauses.ts';
import { createProvider } from '../../../shared/provider/client.ts';
import { answerWith, startServer } from '../../provider/fixtures/loopback.ts';
import { failing } from '../../support/faults.ts';
import { chargesIn } from '../../support/ledger.ts';
import { generate, itemsIn, onlyItem, workOff } from '../../support/work.ts';
import { csvOf, KEY, submit, useWorlds } from '../../support/world.ts';

const freshWorld = useWorlds();

const BASE64_RUN = /[A-Za-z0-9+/_-]{301,}/;

test('neither the key nor the base64 of an image is in any row, log line, error or manifest', async () => {
  const fresh = await freshWorld({ profile: 'mixed', operatorFailuresAt: { 'auth-400-array': 20 } });
  // Refusals by chance tell of no limit, and after one a clock that stands would let the rateLimiter begin one call a round.
  const models = withLimits(fresh.effects.models, { [DEFAULT_MODEL]: { requestsPerMinute: 60_000 } });
  const world = { ...fresh, effects: { ...fresh.effects, models } };
  const batch = await submit(world, csvOf(120));
  const [first] = await itemsIn(world.effects, batch);
  if (first === undefined) throw new Error('there are items');

  const rude = failing(world.effects, 'before', ({ name }) => name === 'store.put', new Error('EACCES'));
  await generate(rude, first);
  await mendAndWorkOff(world, batch);

  const files = ['manifest.csv', 'manifest.jsonl', 'rejected.csv', 'summary.json'].map((name) =>
    readFile(join(world.folder, 'batches', batch, name), 'utf8'),
  );
  const seen = [...(await world.allRows()), ...world.logLines, ...(await Promise.all(files))];
  expect(seen.length).toBeGreaterThan(400);
  expect(world.logLines.some((line) => line.includes('EACCES'))).toBe(true);
  expect(seen.filter((text) => text.includes(KEY))).toEqual([]);
  expect(seen.filter((text) => BASE64_RUN.test(text))).toEqual([]);
});

test.each([
  [
    'an image that is cut off',
    '\ufeff{ "choices" : [{"message":{"content":"![](data:image/png;base64,iVBORw0KGgoAAAANSUhEUg==)\\u00e9 é"}}],\r\n"usage":{"prompt_tokens":5,"completion_tokens":1200,"total_tokens":1205}}\n\n',
  ],
  ['broken JSON', '{"choices":[{"message":{"content":"ünfinished'],
])('an answer with %s is kept in quarantine, byte for byte', async (_, answer) => {
  const world = await freshWorld();
  const { url } = await startServer(answerWith(Buffer.from(answer)));
  const provider = createProvider({
    baseUrl: url,
    apiKey: async () => KEY,
    clock: world.clock,
    random: () => 0.5,
  });
  const batch = await submit(world, csvOf(1));

  await generate({ ...world.effects, provider }, await onlyItem(world.effects, batch));

  const [charge] = await chargesIn(world.effects);
  if (charge === undefined) throw new Error('the attempt was booked');
  const kept = await readFile(join(world.folder, quarantineKey(batch, charge.attempt)));
  expect(kept.equals(Buffer.from(answer))).toBe(true);
});

async function mendAndWorkOff(world: Parameters<typeof workOff>[0], batch: Parameters<typeof workOff>[1]) {
  await endPauses(world.effects, world.effects.models.keys());
  await workOff(world, batch, () => endPauses(world.effects, world.effects.models.keys()));
}
