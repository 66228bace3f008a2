import { expect, test } from 'vitest';
import { createHandler } from '../../functions/generate/handler.ts';
import { lambdaContext } from '../../local/stage/lambda-context.ts';
import { NO_HISTORY } from '../../shared/domain/item.ts';
import { batchStatus } from '../../shared/pipeline/batch-status.ts';
import { workMessageOf } from '../../shared/pipeline/messages.ts';
import { sqsEvent } from '../support/sqs-event.ts';
import { isOpen, itemsIn } from '../support/work.ts';
import { csvOf, submit, useWorlds } from '../support/world.ts';

const freshWorld = useWorlds();

const HOUR_MS = 3_600_000;
const LOOK_MS = 30_000;

test('an hour of 503 has at most 40 probes, uses up no attempt, and a minute after the probe that succeeds all is done', async () => {
  let isDown = true;
  const world = await freshWorld({
    script: () => (isDown ? { kind: 'failure', failure: 'upstream-503' } : undefined),
  });
  const { effects, clock, simulator } = world;
  const batch = await submit(world, csvOf(12));
  const handler = createHandler(effects, { itemsAtOnce: 8, callMs: 0 });
  const look = async () => {
    const open = (await itemsIn(effects, batch)).filter(isOpen);
    const context = lambdaContext({ functionName: 'generate', timeoutMs: 900_000, clock });
    await handler(sqsEvent(open.map((item) => workMessageOf(item).body)), context);
    clock.advance(LOOK_MS);
  };

  for (let ms = 0; ms < HOUR_MS; ms += LOOK_MS) await look();

  const { calls } = simulator.totals();
  expect(calls, 'calls: those that opened the breaker, and its probes').toBeLessThanOrEqual(12 + 40);
  expect(calls).toBeGreaterThan(12);
  for (const { state, history } of await itemsIn(effects, batch)) {
    expect(state.kind).toBe('queued');
    expect({ ...NO_HISTORY, ...history }).toEqual(NO_HISTORY);
  }
  isDown = false;
  while (simulator.totals().calls === calls) await look();
  await look();
  await look();
  expect(await batchStatus(effects, batch)).toMatchObject({
    state: 'complete',
    items: { done: 12, failed: 0 },
  });
}, 60_000);
