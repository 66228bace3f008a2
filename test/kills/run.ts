import { parseArgs } from 'node:util';
import { brokenPromises } from './broken-promises.ts';
import { killWorkers } from './kill-workers.ts';

/** `npm run test:kills`: 300 SIGKILLs of worker processes in the middle of 2,000 items; the bill against the ledger. */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    items: { type: 'string', default: '2000' },
    kills: { type: 'string', default: '300' },
    workers: { type: 'string', default: '4' },
    minutes: { type: 'string', default: '30' },
  },
});
const beganAtMs = performance.now();
const result = await killWorkers({
  seed: Number(values.seed),
  items: Number(values.items),
  kills: Number(values.kills),
  workers: Number(values.workers),
  itemsAtOnce: 3,
  latencyMs: 300,
  timesFaster: 10,
  restart: false,
  withinMs: Number(values.minutes) * 60_000,
  say: (line) => console.log(line),
});
const broken = brokenPromises(result);
for (const line of broken) console.log(line);
const { kills, items, done, calls, underWay, imageCharges, unknownCharges, chargedTwice, crashed } = result;
console.log(
  [
    `${kills} kills, ${items} items: ${items - done} lost, ${chargedTwice} charged twice`,
    `${calls - items} calls beyond one an item, ${underWay} under way at the kills`,
    `${imageCharges} image charges, ${unknownCharges} of unknown outcome; ${crashed} items made by retry after four deaths`,
    `${broken.length} broken promises, ${((performance.now() - beganAtMs) / 1_000).toFixed(0)} s`,
  ].join('\n'),
);
process.exitCode = broken.length === 0 ? 0 : 1;
