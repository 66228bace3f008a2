// Makes three images in the simulated stage, tells what happens, and says what they cost.
// npm install pressrun && node foxes.ts
import { createPressrun } from 'pressrun';

await using pressrun = createPressrun({ simulate: true });

const rows = [
  { id: 'red', prompt: 'A red fox in the snow', aspect_ratio: '3:2', tags: 'campaign=winter' },
  { id: 'arctic', prompt: 'An arctic fox at dusk', aspect_ratio: '3:2', tags: 'campaign=winter' },
  { id: 'fennec', prompt: 'A fennec fox on a dune', aspect_ratio: '3:2', tags: 'campaign=summer' },
];

const plan = await pressrun.plan({ name: 'foxes', rows });
console.log(`${plan.items.new} to make, about ${credits(plan.credits.expectedMicro)} credits`);

const run = pressrun.run({ name: 'foxes', rows }, { budget: 500 });
for await (const event of run) {
  if (event.kind === 'image') console.log(`made row ${event.row}: ${event.key}`);
}

const { state, images, failures, creditsMicro } = await run.result;
console.log(`${state}: ${images.length} images, ${failures.length} failed, ${credits(creditsMicro)} credits`);

const cost = await pressrun.cost({ by: ['tag:campaign'] });
for (const row of cost.rows) console.log(`${row['tag:campaign']}: ${credits(row.creditsMicro)} credits`);

await pressrun.download('latest', 'foxes', { name: '{tag:campaign}/{id}' });

function credits(micro: number | undefined): string {
  return micro === undefined ? 'an unknown number of' : (micro / 1e6).toFixed(1);
}
