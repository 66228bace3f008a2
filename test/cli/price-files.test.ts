import { readFile } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { testWorkplace } from './provider.ts';

const MODELS = new URL('../../shared/domain/calls/models.json', import.meta.url);

test('PRESSRUN_PRICES and PRESSRUN_MODELS accept the output of prices --json and the built-in files verbatim', async () => {
  const work = await testWorkplace({ onTestFinished });
  const shown = await work.run(['prices', '--json']);
  await work.write('prices.json', shown.stdout);
  await work.write('models.json', await readFile(MODELS, 'utf8'));
  const { prices } = JSON.parse(shown.stdout);
  const dearer = { ...prices[0], name: 'own', from: '2026-01-01', imageMicro: prices[0].imageMicro * 2 };
  await work.write('own.json', JSON.stringify([dearer]));

  const same = await work.run(['prices', '--json'], {
    PRESSRUN_PRICES: 'prices.json',
    PRESSRUN_MODELS: 'models.json',
  });
  const own = await work.run(['prices', '--json'], { PRESSRUN_PRICES: 'own.json' });

  expect(same, same.stderr).toMatchObject({ code: 0, stdout: shown.stdout });
  expect(JSON.parse(own.stdout).prices).toContainEqual(
    expect.objectContaining({ name: 'own', holds: true, imageMicro: dearer.imageMicro }),
  );
});
