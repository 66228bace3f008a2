import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as batchShapes from '../../dashboard/api/batch.ts';
import * as stageShapes from '../../dashboard/api/stage.ts';
import * as workShapes from '../../dashboard/api/work.ts';
import { thumbnailKey } from '../../dashboard/thumbnails/thumbnails.ts';
import { parseBatchId } from '../../shared/domain/ids.ts';
import { readMarks } from '../../shared/pipeline/batch/marks.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { workbook } from '../support/workbook.ts';
import { ask, enter, visitor } from './support/client.ts';
import { type Served, serveMemory } from './support/serve.ts';
import { drawScenes, stockBatch } from './support/stocked-stage.ts';

const OPEN = 'postcards-ff7625fff6f2-e180da8c91';
const base = `/api/v1/batches/${OPEN}`;
const CARDS = [
  ['Prompt', 'Aspect Ratio', 'Colour', 'Due'],
  ['A {{colour}} fox', '16:9', 'red', 'Friday'],
];
const LETTERS = { done: 'd', queued: 'q', working: 'w', failed: 'f' } as const;
let served: Served;
let own: ReturnType<typeof visitor>;

beforeAll(async () => {
  served = await serveMemory({}, undefined);
  await stockBatch(
    served.host.effects,
    {
      id: OPEN,
      name: 'Postcards',
      rows: 10,
      variants: 2,
      state: 'running',
      createdAt: new Date().toISOString(),
      stateOf: (row) => (row < 6 ? 'done' : row === 6 ? 'failed' : row === 7 ? 'working' : 'queued'),
    },
    await drawScenes(4),
  );
  own = visitor(served.dashboard, await enter(served.dashboard));
}, 30_000);

afterAll(async () => {
  await served.dashboard.close();
});

let rowsRead = 0;

function counted(effects: Effects): Effects {
  const { table } = effects;
  return {
    ...effects,
    table: {
      ...table,
      query: async function* (asked) {
        for await (const row of table.query(asked)) {
          rowsRead += 1;
          yield row;
        }
      },
    },
  };
}

describe('the API', () => {
  test('answers in the shapes of its schema', async () => {
    batchShapes.batchList.parse(await own.json('/api/v1/batches'));
    batchShapes.batchSummary.parse(await own.json(base));
    batchShapes.batchIndex.parse(await own.json(`${base}/index`));
    batchShapes.itemDetail.parse(await own.json(`${base}/items/1/1`));
    batchShapes.marks.parse(await own.json(`${base}/marks`));
    batchShapes.rejectedLines.parse(await own.json(`${base}/rejected`));
    stageShapes.stage.parse(await own.json('/api/v1/stage'));
    stageShapes.providers.parse(await own.json('/api/v1/providers'));
    stageShapes.schedules.parse(await own.json('/api/v1/schedules'));
    stageShapes.failure.parse(await own.json('/api/v1/batches/none-0000000000'));
    const { routes } = await own.json('/api/v1');
    expect(Object.keys(routes)).toContain('POST /api/v1/runs');
    expect(routes['GET /api/v1/batches/:batch'].answer.properties.creditsMicro.type).toBe('integer');
  });

  test('counts items so that they add up', async () => {
    const { items } = await own.json(base);

    expect(items).toEqual({ done: 10, reused: 0, failed: 2, cancelled: 0, working: 2, pending: 6 });
  });

  test('answers 304 for an index that has not changed', async () => {
    const first = await own.get(`${base}/index`);
    const again = await ask(served.dashboard, `${base}/index`, {
      headers: {
        authorization: `Bearer ${served.dashboard.token}`,
        'if-none-match': String(first.headers.etag),
      },
    });

    expect(again.status).toBe(304);
    expect(JSON.parse(first.text).state).toHaveLength(20);
    expect([...new Set(JSON.parse(first.text).state)].sort()).toEqual(Object.values(LETTERS).sort());
  });

  test("gives one screen's items without reading the rest: the same items, in the same places", async () => {
    const fresh = await serveMemory({ effects: counted(served.host.effects) }, undefined);
    const { json } = visitor(fresh.dashboard, await enter(fresh.dashboard));
    const first = await json(`${base}/index?first=3`);
    const read = rowsRead;
    const whole = await json(`${base}/index`);
    await fresh.dashboard.close();

    expect(first).toMatchObject({ count: 3, truncated: true, name: whole.name.slice(0, 3) });
    expect(first.version).not.toBe(whole.version);
    expect(read).toBeLessThan(whole.count);
  });

  test('finds words in prompts, names and tags', async () => {
    const { places } = await own.json(`${base}/search?q=kyoto%20spring`);
    const { row } = await own.json(`${base}/index`);

    expect(places.map((place: number) => row[place])).toEqual([2, 2]);
  });

  test('keeps marks with their user, once however often they are sent', async () => {
    const set = [
      { row: 1, variant: 2, mark: 'picked' },
      { row: 2, variant: 1, mark: 'aside' },
      { row: 3, variant: 1, mark: 'picked' },
    ];
    await own.send('PUT', `${base}/marks`, { set });
    await own.send('PUT', `${base}/marks`, { set });
    await own.send('PUT', `${base}/marks`, { set: [{ row: 3, variant: 1, mark: null }] });

    const id = parseBatchId(OPEN);
    const marks = id === undefined ? [] : await readMarks(served.host.effects.table, id);
    expect(marks).toMatchObject([
      { row: 1, variant: 2, mark: 'picked', by: 'ana' },
      { row: 2, variant: 1, mark: 'aside', by: 'ana' },
    ]);
    expect(
      (await own.send('PUT', `${base}/marks`, { set: [{ row: 1, variant: 1, mark: 'star' }] })).status,
    ).toBe(400);
  });

  test('makes a thumbnail once, and keeps it by its content', async () => {
    const index = await own.json(`${base}/index`);
    const detail = await own.json(`${base}/items/1/1`);
    const address = `/media/${OPEN}/1/1/thumb?v=${index.sha8[0]}`;
    const [one, two] = await Promise.all([own.get(address), own.get(address)]);

    expect(one.text.slice(0, 4)).toBe('RIFF');
    expect(one.text.slice(8, 12)).toBe('WEBP');
    expect(two.text).toBe(one.text);
    expect(one.headers['cache-control']).toContain('immutable');
    expect(await served.host.effects.store.head(thumbnailKey(detail.image.sha256, 'thumb'))).toBeDefined();
  }, 15_000);

  test('shows the cost of a retry before doing it', async () => {
    const dry = workShapes.controlResult.parse(
      JSON.parse((await own.send('POST', `${base}/retry`, { dryRun: true })).text),
    );
    const before = served.worked.length;
    const done = JSON.parse(
      (await own.send('POST', `${base}/retry`, { items: [{ row: 6, variant: 1 }] })).text,
    );

    expect(dry.items).toBe(2);
    expect(dry.credits?.expectedMicro).toBeGreaterThan(0);
    expect(before).toBe(0);
    expect(done.items).toBe(1);
    expect(served.worked).toEqual([OPEN]);
  });

  test('reads the sheet of a workbook that is named', async () => {
    const headers = {
      cookie: await enter(served.dashboard),
      origin: served.dashboard.url,
      'x-pressrun': '1',
    };
    const body = workbook({
      sheets: [
        { name: 'Cards', rows: CARDS },
        { name: 'Owls', rows: [['prompt'], ['an owl'], ['two owls']] },
      ],
    });
    const sent = await ask(served.dashboard, '/api/v1/files?name=two.xlsx', {
      method: 'POST',
      headers,
      body,
    });
    const { file } = JSON.parse(sent.text);

    const first = JSON.parse((await own.send('POST', '/api/v1/plans', { file })).text);
    const owls = JSON.parse(
      (await own.send('POST', '/api/v1/plans', { file, options: { sheet: 'Owls' } })).text,
    );

    expect(first).toMatchObject({
      format: expect.stringMatching(/^sheet Cards .* not read: Owls$/),
      items: { pending: 1 },
    });
    expect(owls).toMatchObject({
      format: expect.stringMatching(/^sheet Owls .* not read: Cards$/),
      items: { pending: 2 },
    });
  });

  test.each<[string, string, Buffer]>([
    ['a workbook', 'cards.xlsx', workbook({ sheets: [{ name: 'Cards', rows: CARDS }] })],
    ['a packed file', 'cards.csv.gz', gzipSync(CARDS.map((cells) => cells.join(',')).join('\n'))],
  ])('reads %s as the command line does, with other names of our columns', async (_, name, body) => {
    const headers = {
      cookie: await enter(served.dashboard),
      origin: served.dashboard.url,
      'x-pressrun': '1',
    };
    const upload = await ask(served.dashboard, `/api/v1/files?name=${name}`, {
      method: 'POST',
      headers,
      body,
    });
    const plan = JSON.parse(
      (await own.send('POST', '/api/v1/plans', { file: JSON.parse(upload.text).file })).text,
    );

    expect(plan.columns).toEqual([
      { name: 'Prompt', meaning: 'prompt', used: true },
      { name: 'Aspect Ratio', meaning: 'aspect_ratio', used: true },
      { name: 'Colour', meaning: null, used: true },
      { name: 'Due', meaning: null, used: false },
    ]);
    expect(plan.samples[0]).toMatchObject({ prompt: 'A red fox', settings: { aspect_ratio: '16:9' } });
    expect(plan.items.pending).toBe(1);
  });

  test('runs only the plan that was seen', async () => {
    const headers = {
      cookie: await enter(served.dashboard),
      origin: served.dashboard.url,
      'x-pressrun': '1',
    };
    const csv = 'prompt,colour\nA {{colour}} fox,red\n,blue\n';
    const upload = await ask(served.dashboard, '/api/v1/files?name=..%2F..%2Fx.csv', {
      method: 'POST',
      headers,
      body: csv,
    });
    const { file, name } = JSON.parse(upload.text);
    const plan = JSON.parse((await own.send('POST', '/api/v1/plans', { file })).text);
    const unknown = await own.send('POST', '/api/v1/runs', { planId: 'made-up' });
    const run = JSON.parse(
      (await own.send('POST', '/api/v1/runs', { planId: plan.planId, budget: '500' })).text,
    );

    expect(name).toBe('x.csv');
    expect(plan.columns).toEqual([
      { name: 'prompt', meaning: 'prompt', used: true },
      { name: 'colour', meaning: null, used: true },
    ]);
    expect(plan.samples[0].prompt).toBe('A red fox');
    expect(plan.items.pending).toBe(1);
    expect(plan.rejectedLines).toHaveLength(1);
    expect(unknown.status).toBe(409);
    expect(run.batch).toMatch(/^x-[0-9a-f]{12}-[0-9a-f]{10}$/);
    expect(served.worked.at(-1)).toBe(run.batch);
  });

  test('compares the ledger with a statement, and answers a cost question with conditions', async () => {
    const headers = {
      cookie: await enter(served.dashboard),
      origin: served.dashboard.url,
      'x-pressrun': '1',
    };
    const body = 'day,model,credits\n2026-11-21,some-model,12.5\nyesterday,some-model,1\n';
    const send = async (text: string) => {
      const sent = await ask(served.dashboard, '/api/v1/files?name=s.csv', {
        method: 'POST',
        headers,
        body: text,
      });
      return await own.send('POST', '/api/v1/reconciliations', { file: JSON.parse(sent.text).file });
    };

    const compared = stageShapes.reconciliation.parse(JSON.parse((await send(body)).text));
    const noStatement = stageShapes.failure.parse(JSON.parse((await send('a,b\n1,2\n')).text));

    expect(compared.total).toMatchObject({ theirsMicro: 12_500_000, verdict: 'unexplained' });
    expect(compared.unread).toMatchObject([{ line: 3 }]);
    expect(noStatement.error.command).toBe('pressrun reconcile s.csv --simulate');
    expect((await own.json('/api/v1/cost?where=outcome!=image')).rows).toEqual([]);
    expect((await own.get('/api/v1/cost?where=nonsense')).status).toBe(400);
  });

  test('reads saved responses again only on request', async () => {
    await served.host.effects.store.put(`quarantine/${OPEN}/attempt-1-1`, Buffer.from('{}'), {
      contentType: 'application/octet-stream',
    });
    const asked = async (request: object) =>
      workShapes.controlResult.parse(JSON.parse((await own.send('POST', `${base}/replay`, request)).text));

    const dry = await asked({ dryRun: true });
    const done = await asked({});

    expect(dry).toMatchObject({ items: 1, text: expect.stringContaining('Nothing is sent') });
    expect(done.text).toContain('1 still unusable, such as: it does not say which item it is of');
  });

  test('sends changes, and nothing without a viewer', async () => {
    const cookie = await enter(served.dashboard);
    const left = new AbortController();
    const response = await fetch(`${served.dashboard.url}/api/v1/events?batch=${OPEN}`, {
      headers: { cookie },
      signal: left.signal,
    });
    let text = '';
    const reader = response.body?.getReader();
    while (reader !== undefined && !text.includes('event: index')) {
      const { value, done } = await reader.read();
      if (done) break;
      text += Buffer.from(value).toString();
    }
    left.abort();

    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(text).toContain('event: batch\ndata: {"batch":"postcards-');
    expect(text).toContain('event: marks');
  }, 15_000);
});
