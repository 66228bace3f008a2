/**
 * `npm run scale`: 200 invocations of 50 slots side by side in virtual time, and what they ask of each partition of the table, of
 * rows that they share, and of the queue, beside what AWS documents. docs/scale.md has what it printed. It takes some minutes.
 */
import { parseArgs } from 'node:util';
import { randomFrom } from '../../local/simulator/random.ts';
import { MOST_IN_FLIGHT } from './long-queue.ts';
import { runFleet, type Second } from './run-fleet.ts';

const { values } = parseArgs({
  options: {
    invocations: { type: 'string', default: '200' },
    slots: { type: 'string', default: '50' },
    seconds: { type: 'string', default: '100' },
    batches: { type: 'string', default: '1' },
  },
});
const [invocations, slots, length] = [
  Number(values.invocations),
  Number(values.slots),
  Number(values.seconds),
];
/** More than can be made. */
const items = Math.ceil((invocations * slots * (length + 60)) / 20);
const { next: random } = randomFrom('scale', invocations, slots);
const { seconds, contention } = await runFleet({
  invocations,
  slots,
  seconds: length,
  items,
  batches: Number(values.batches),
  random,
});

/** AWS's documented limits of one partition. */
const MOST = { written: 1_000, read: 3_000 };

/** From when on every invocation has its slots full. */
const steady = seconds.slice(Math.ceil(length / 2));
const mean = (figure: (second: Second) => number) =>
  steady.reduce((sum, second) => sum + figure(second), 0) / steady.length;
const sum = (units: ReadonlyMap<string, number>) => units.values().reduce((a, b) => a + b, 0);

console.log(
  `${invocations} invocations of ${slots} slots: ${mean(({ images }) => images).toFixed(0)} images a second`,
);
for (const kind of ['written', 'read'] as const) {
  console.log(
    `${kind}: ${mean((second) => sum(second[kind])).toFixed(0)} units a second, at most ${Math.max(...seconds.map((second) => sum(second[kind]))).toFixed(0)}; of one partition at most (limit ${MOST[kind]}):`,
  );
  for (const [name, units] of busiest(kind)) console.log(`  ${name.padEnd(32)} ${units.toFixed(0)}`);
}
const { writes, conflicts, mostOfOne, busy } = contention;
console.log(
  `conflicts: ${conflicts} in ${writes} writes (${((conflicts / writes) * 100).toFixed(2)} %), at most ${mostOfOne} of one write (14 tries), ${busy} given up`,
);
console.log(
  `messages in flight: at most ${Math.max(...seconds.map(({ inFlight }) => inFlight))} of ${MOST_IN_FLIGHT}`,
);
process.exit();

/** By what partitions are for, the most units that one of them had in a second. */
function busiest(kind: 'written' | 'read'): [string, number][] {
  const most = new Map<string, number>();
  for (const second of seconds) {
    for (const [partition, units] of second[kind]) {
      const name = partition
        .replace(/fleet-.*?(#|$)/, '<batch>$1')
        .replace(/#\d$/, '#<shard>')
        .replace(/(CONTENT|HOLD)#.*/, '$1#…');
      most.set(name, Math.max(most.get(name) ?? 0, units));
    }
  }
  return [...most].sort(([, a], [, b]) => b - a);
}
