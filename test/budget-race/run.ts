import { parseArgs } from 'node:util';
import { createClients } from '../../shared/aws/clients.ts';
import { createTable } from '../../shared/aws/create-resources.ts';
import { dynamoTable } from '../../shared/aws/dynamo/dynamo-table.ts';
import { MICRO_PER_CREDIT } from '../../shared/domain/money/money.ts';
import { shortWait } from '../support/emulators.ts';
import { startDynoxide } from '../support/servers/dynoxide.ts';
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
  const dynoxide = await startDynoxide();
  const clients = createClients({ customEndpoint: true, endpoints: { dynamodb: dynoxide.endpoint } });
  try {
    const options = {
      seed,
      workers: Number(values.workers),
      items: Number(values.items),
      budgetCredits: 10_000,
      kills: Number(values.kills),
    };
    const beganAtMs = performance.now();
    const tableName = `race-${seed}`;
    await createTable(clients, tableName);
    const result = await race(
      dynamoTable({ client: clients.dynamo, tableName, backoff: shortWait }),
      options,
    );
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
    clients.close();
    await dynoxide.stop();
  }
}
console.log(`${count} seeds, ${kills} kills, ${broken} broken promises`);
process.exitCode = broken === 0 ? 0 : 1;
