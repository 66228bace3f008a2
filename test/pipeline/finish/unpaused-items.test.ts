import { expect, test } from 'vitest';
import { modelCatalog } from '../../../shared/domain/calls/models.ts';
import { batchStatus } from '../../../shared/pipeline/finish/batch-status.ts';
import type { Table } from '../../../shared/pipeline/ports.ts';
import { pauseToRow } from '../../../shared/pipeline/rows/provider-pause-row.ts';
import { ALL_SHARDS } from '../../../shared/pipeline/rows/shards.ts';
import { submit, useWorlds } from '../../support/world.ts';

const freshWorld = useWorlds();

test('a batch that a pause stops in part is read whole at most every two seconds', async () => {
  const world = await freshWorld();
  const [paused = '', free = ''] = modelCatalog().keys();
  const batch = await submit(world, `prompt,model\na fox,${paused}\na heron,${free}\n`);
  const row = { model: paused, code: 'model', message: 'gone', hint: 'wait', since: '2026-11-21' } as const;
  await world.effects.table.write([{ kind: 'put', row: pauseToRow(row) }]);
  let queries = 0;
  const query: Table['query'] = (asked) => {
    if (asked.skPrefix === 'ITEM#') queries += 1;
    return world.effects.table.query(asked);
  };
  const effects = { ...world.effects, table: { ...world.effects.table, query } };

  for (let look = 0; look < 5; look += 1) {
    expect(await batchStatus(effects, batch)).toMatchObject({
      state: 'running',
      pauses: [{ model: paused }],
    });
  }
  expect(queries).toBe(ALL_SHARDS.length);

  world.clock.advance(2_000);
  await batchStatus(effects, batch);
  expect(queries).toBe(2 * ALL_SHARDS.length);
});
