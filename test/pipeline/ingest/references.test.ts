import { describe, expect, test } from 'vitest';
import { DEFAULT_BATCH_OPTIONS } from '../../../shared/domain/batch/batch.ts';
import type { Effects } from '../../../shared/pipeline/effects.ts';
import { ingestUpload } from '../../../shared/pipeline/ingest/ingest.ts';
import { memoryFile } from '../../../shared/pipeline/ingest/memory-file.ts';
import { submitFile } from '../../../shared/pipeline/ingest/submit.ts';
import { planFile } from '../../../shared/pipeline/plan/plan.ts';
import { rejectedPartition, rowToRejected } from '../../../shared/pipeline/rows/rejected-row.ts';
import type { ImageRequest } from '../../../shared/provider/types.ts';
import { picture } from '../../provider/fixtures/pictures.ts';
import { itemsIn, onlyItem, workOff } from '../../support/work.ts';
import { inMemory, PLENTY_MS, submit, upload, useWorlds } from '../../support/world.ts';

const freshWorld = useWorlds();
const PNG = { contentType: 'image/png' };

describe('a reference image', () => {
  test('in the bucket is sent as it was at ingest, and is part of the content hash', async () => {
    const world = await freshWorld();
    const { store } = world.effects;
    await store.put('references/a.png', await picture('png'), PNG);
    const rows = 'prompt,references\na fox like this,references/a.png\n';
    const first = await submit(world, rows);
    await store.delete('references/a.png');
    await workOff(world, first);

    await store.put('references/b.jpg', await picture('png'), PNG);
    const same = await submit(world, rows.replace('a.png', 'b.jpg'));
    await store.put('references/b.jpg', await picture('webp'), PNG);
    const other = await submit(world, rows.replace('a.png', 'b.jpg'), { name: 'other bytes' });

    expect(await onlyItem(world.effects, first)).toMatchObject({
      state: { kind: 'done' },
      references: [expect.stringMatching(/^references\/[0-9a-f]{64}\.png$/)],
    });
    expect((await onlyItem(world.effects, same)).state.kind).toBe('reused');
    expect(await onlyItem(world.effects, other)).toMatchObject({
      state: { kind: 'queued' },
      references: [expect.stringMatching(/\.webp$/)],
    });
  });

  test('given by link is fetched once, when the file is read', async () => {
    const world = await freshWorld();
    const asked: string[] = [];
    const bytes = await picture('jpeg');
    const fetchReference: Effects['fetchReference'] = async (url) => {
      asked.push(url);
      return { kind: 'fetched', bytes };
    };
    const rows = 'prompt,references\na fox,https://example.com/a.jpg\na heron,HTTPS://example.com/a.jpg\n';

    const { batch, key } = await upload(world, rows);
    await ingestUpload({ ...world.effects, fetchReference }, { key }, () => PLENTY_MS);
    await workOff(world, batch);

    expect(asked).toEqual(['https://example.com/a.jpg']);
    expect((await itemsIn(world.effects, batch)).map(({ state }) => state.kind)).toEqual(['done', 'done']);
  });

  test('from a host that is not allowed, or that is private, is not asked for', async () => {
    const world = await freshWorld();
    const rows = 'prompt,references\na,https://example.com/a.png?key=secret\nb,https://127.0.0.1/b.png\n';

    expect(await reasonsIn(world.effects, await submit(world, rows))).toEqual([
      'reference "https://example.com/a.png": example.com is not an allowed host; PRESSRUN_REFERENCE_HOSTS names the hosts that links are fetched from',
      'reference "https://127.0.0.1/b.png": 127.0.0.1 is not a public address; PRESSRUN_REFERENCE_HOSTS names the hosts that links are fetched from',
    ]);
  });

  test('that is invalid rejects its row with a reason; the other rows are generated', async () => {
    const world = await freshWorld();
    const { store } = world.effects;
    const png = await picture('png');
    await store.put('references/note.png', Buffer.from('shopping list'), PNG);
    await store.put('references/cut.png', png.subarray(0, png.length - 30), PNG);
    await store.put('references/large.png', Buffer.alloc(7_000_001), PNG);
    await store.put('references/good.png', png, PNG);
    const keys = [
      'references/note.png',
      'references/cut.png',
      'references/large.png',
      'references/none.png',
      'references/good.png|references/none.png',
      'references/good.png',
    ];

    const batch = await submit(world, `prompt,references\n${keys.map((key) => `a fox,${key}\n`).join('')}`);

    expect(await reasonsIn(world.effects, batch)).toEqual([
      'reference "references/note.png": it is not a PNG, JPEG or WebP image',
      expect.stringMatching(/^reference "references\/cut.png": the image is damaged: /),
      'reference "references/large.png": it has 7000001 bytes, at most 7000000 are taken',
      expect.stringContaining(
        'reference "references/none.png": there is no such file, and no such object below references/',
      ),
      expect.stringContaining(
        'reference "references/none.png": there is no such file, and no such object below references/',
      ),
    ]);
    expect(await itemsIn(world.effects, batch)).toHaveLength(1);
  });

  test.each([
    'quarantine/others-0123456789/attempt-1',
    'batches/others-0123456789/manifest.csv',
    'uploads/others.png',
    'images/no-batch-of-this-stage-0123456789/fox.png',
    'references/../quarantine/fox.png',
    '/etc/passwd',
    '.meta/unfinished/fox.png',
    'brandnew/fox.png',
  ])('is never another object of the bucket, such as %s', async (key) => {
    const world = await freshWorld();
    const asked: string[] = [];
    const store: Effects['store'] = {
      ...world.effects.store,
      get: (each, ...more) => {
        asked.push(each);
        return world.effects.store.get(each, ...more);
      },
    };
    const effects = { ...world.effects, store, referencePrefixes: ['brand/'] };

    const { batch, key: uploaded } = await upload(world, `prompt,references\na fox,${key}\n`);
    await ingestUpload(effects, { key: uploaded }, () => PLENTY_MS);

    expect(await reasonsIn(effects, batch)).toEqual([expect.stringContaining('no such object below')]);
    expect(asked).not.toContain(key);
  });

  test('may be an image of a batch, or below a prefix that a setting allows', async () => {
    const world = await freshWorld();
    const made = await submit(world, 'prompt\na fox\n');
    await workOff(world, made);
    const { state } = await onlyItem(world.effects, made);
    await world.effects.store.put('brand/logo.png', await picture('png'), PNG);
    const keys = [state.kind === 'done' ? state.image.key : '', 'brand/logo.png'];

    const { batch, key } = await upload(world, `prompt,references\na fox,${keys.join('|')}\n`);
    await ingestUpload({ ...world.effects, referencePrefixes: ['brand/'] }, { key }, () => PLENTY_MS);

    expect(await reasonsIn(world.effects, batch)).toEqual([]);
    expect((await onlyItem(world.effects, batch)).references).toHaveLength(2);
  });

  test('from the submitter’s machine goes with the file; another picture in its place is another batch', async () => {
    const world = await freshWorld();
    const fileWith = (sha256: string, bytes: Buffer) => ({
      ...memoryFile('p.csv', 'text/csv', 'prompt,references\na fox,./a.png\na heron,./b.txt\n'),
      references: [
        { written: './a.png', kind: 'image', sha256, type: 'image/png', read: async () => bytes } as const,
        { written: './b.txt', kind: 'bad', problem: 'it is not a PNG, JPEG or WebP image' } as const,
      ],
    });
    const png = await picture('png');

    const first = await submitFile(world.effects, fileWith('a'.repeat(64), png), DEFAULT_BATCH_OPTIONS);
    const again = await submitFile(world.effects, fileWith('a'.repeat(64), png), DEFAULT_BATCH_OPTIONS);
    const other = await submitFile(world.effects, fileWith('b'.repeat(64), png), DEFAULT_BATCH_OPTIONS);

    if (first.kind === 'problem' || other.kind === 'problem') throw new Error('not submitted');
    await ingestUpload(world.effects, { key: first.key }, () => PLENTY_MS);
    await workOff(world, first.batch);
    expect(again).toEqual({ ...first, isNew: false });
    expect(other.batch).not.toBe(first.batch);
    expect((await onlyItem(world.effects, first.batch)).state.kind).toBe('done');
    expect(await reasonsIn(world.effects, first.batch)).toEqual([
      'reference "./b.txt": it is not a PNG, JPEG or WebP image',
    ]);
  });

  test("that can't be sent is refused by a plan with the reason of the rejected row", async () => {
    const world = inMemory(await freshWorld());
    const written = `./pictures of ${'a very '.repeat(9)}long summer/note.txt`;
    const file = {
      ...memoryFile('p.csv', 'text/csv', `id,prompt,references\na,a fox,${written}\nb,a hare,\nb,a heron,\n`),
      references: [{ written, kind: 'bad', problem: 'it is not a PNG, JPEG or WebP image' } as const],
    };

    const planned = await planFile(world.effects, file, DEFAULT_BATCH_OPTIONS, 16);
    const submitted = await submitFile(world.effects, file, DEFAULT_BATCH_OPTIONS);

    if (planned.kind === 'problem' || submitted.kind === 'problem') throw new Error('not planned');
    await ingestUpload(world.effects, { key: submitted.key }, () => PLENTY_MS);
    const reasons = await reasonsIn(world.effects, submitted.batch);
    expect(reasons).toHaveLength(2);
    expect(planned.plan.rejected.map(({ reason }) => reason)).toEqual(reasons);
  });
});

async function reasonsIn({ table }: Pick<Effects, 'table'>, batch: Parameters<typeof rejectedPartition>[0]) {
  const reasons: string[] = [];
  for await (const row of table.query({ pk: rejectedPartition(batch) }))
    reasons.push(rowToRejected(row).reason);
  return reasons;
}

test('an image inside a request is kept as any other, and its conversation is sent turn by turn', async () => {
  const world = await freshWorld();
  const bytes = await picture('png');
  const url = `data:image/png;base64,${bytes.toString('base64')}`;
  const line = {
    custom_id: 'a',
    body: {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url: { url } },
            { type: 'text', text: 'like this' },
          ],
        },
        { role: 'assistant', content: 'Done.' },
        { role: 'user', content: 'at night' },
      ],
    },
  };
  const spoilt = {
    body: {
      messages: [{ role: 'user', content: [{ text: 'a' }, { image_url: 'data:image/png;base64,AAAA' }] }],
    },
  };
  const file = [line, { ...line, custom_id: 'b' }, spoilt].map((each) => JSON.stringify(each)).join('\n');
  const calls: ImageRequest[] = [];
  const provider: Effects['provider'] = {
    ...world.effects.provider,
    call: (...call) => {
      calls.push(call[0]);
      return world.effects.provider.call(...call);
    },
  };

  const planned = await planFile(
    world.effects,
    memoryFile('a.jsonl', 'application/x-ndjson', file),
    DEFAULT_BATCH_OPTIONS,
    1,
  );
  const batch = await submit(world, file);
  await workOff({ ...world, effects: { ...world.effects, provider } }, batch);

  const reason = expect.stringContaining('it is not a PNG, JPEG or WebP image');
  expect(planned).toMatchObject({
    plan: { items: { new: 2 }, rejected: [{ row: 3, column: 'references', reason }] },
  });
  expect(await reasonsIn(world.effects, batch)).toEqual([reason]);
  const [item] = await itemsIn(world.effects, batch);
  expect(item).toMatchObject({
    state: { kind: 'done' },
    prompt: 'at night',
    references: [expect.stringMatching(/^references\/[0-9a-f]{64}\.png$/)],
    messages: line.body.messages.map(({ role }, n) => ({
      role,
      content: [[0, 'like this'], ['Done.'], ['at night']][n],
    })),
  });
  expect(
    calls.map(({ references }) => references.map((each) => Buffer.from(each.bytes).equals(bytes))),
  ).toEqual([[true], [true]]);
});
