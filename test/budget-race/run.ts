import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openEmbeddedStage } from '../../local/stage/embedded-stage.ts';
import { systemClock } from '../../shared/aws/system-clock.ts';
import { MICRO_PER_CREDIT } from '../../shared/domain/money/money.ts';
import { brokenPromises, race } from './race.ts';

/** `npm run test:budgets`: 64 workers race for a budget of 10,000 credits with 1,000 items waiting, seed after seed. */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    from: { type: 'string', default: '1' },
    workers: { type: 'string', default: '64' },
    items: { type: 'string', default: '1000' },
    kills: { type: 'string', default: '30' },
  },
});
const [first, count] = [Number(values.from), Number(values.seeds)];
let [kills, broken] = [0, 0];
for (let seed = first; seed < first + count; seed++) {
  const folder = await mkdtemp(join(tmpdir(), 'pressrun-race-'));
  const stage = await openEmbeddedStage(folder, systemClock());
  try {
    const options = {
      seed,
      workers: Number(values.workers),
      items: Number(values.items),
      budgetCredits: 10_000,
      kills: Number(values.kills),
    };
    const beganAtMs = performance.now();
    const result = await race(stage.table, options);
    const promises = brokenPromises(options, result);
    kills += result.kills;
    broken += promises.length;
    for (const line of promises) console.log(line);
    const seconds = ((performance.now() - beganAtMs) / 1_000).toFixed(1);
    const { atBudget, atEnd } = result;
    const charged = (atBudget.chargedMicro / MICRO_PER_CREDIT).toFixed(0);
    const counted = (atBudget.countedMicro / MICRO_PER_CREDIT).toFixed(0);
    console.log(
      `seed ${seed}: ${result.kills} kills, ${atBudget.done} made for ${charged} credits (${counted} with unknown), ` +
        `then ${atEnd.done} of ${values.items}; ${seconds} s`,
    );
  } finally {
    await stage.close();
    await rm(folder, { recursive: true, force: true });
  }
}
console.log(`${count} seeds, ${kills} kills, ${broken} broken promises`);
process.exitCode = broken === 0 ? 0 : 1;
