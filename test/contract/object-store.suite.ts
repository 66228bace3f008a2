import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ObjectStore } from '../../shared/pipeline/ports.ts';
import { collect } from '../support/collect.ts';

/** What every `ObjectStore` must do. Run it over each adapter. */
export function objectStoreSuite(adapter: string, freshStore: () => Promise<ObjectStore>): void {
  describe(`an object store (${adapter})`, () => {
    let store: ObjectStore;
    beforeEach(async () => {
      store = await freshStore();
    });
    describe('putting', () => putTests(() => store));
    describe('a put with ifAbsent', () => onlyIfAbsentTests(() => store));
    describe('a put with the ETag of what it replaces', () => onlyIfEtagTests(() => store));
    describe('reading', () => readTests(() => store));
    describe('listing', () => listTests(() => store));
  });
}

const png = { contentType: 'image/png' };
const key = 'images/b1/1-a-cat.png';

function putTests(current: () => ObjectStore): void {
  test('keeps bytes, type and metadata', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);

    const result = await current().put(key, bytes, { ...png, metadata: { 'attempt-id': 'a1', usage: '{}' } });

    const info = await current().head(key);
    expect(result).toEqual({ kind: 'stored', version: info?.version });
    expect(info).toEqual({
      key,
      bytes: 256,
      version: expect.stringMatching(/./),
      etag: expect.stringMatching(/./),
      modifiedAtMs: expect.any(Number),
      contentType: 'image/png',
      metadata: { 'attempt-id': 'a1', usage: '{}' },
    });
    expect(Math.abs((info?.modifiedAtMs ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(await contentOf(current(), key)).toEqual(Buffer.from(bytes));
  });

  test('takes a stream, also one of more than a part’s size', async () => {
    const parts = Array.from({ length: 13 }, (_, index) => new Uint8Array(500_000).fill(index));

    await current().put(key, fromArray(parts), png);

    expect((await current().head(key))?.bytes).toBe(6_500_000);
    expect((await contentOf(current(), key)).equals(Buffer.concat(parts))).toBe(true);
  });

  test("accepts the writer's hash of a body", async () => {
    const sha256 = createHash('sha256').update('a cat').digest('hex');

    const put = await current().put(key, text('a cat'), { ...png, sha256 });

    expect(put).toEqual({ kind: 'stored', version: (await current().head(key))?.version });
    expect(String(await contentOf(current(), key))).toBe('a cat');
  });

  test('takes an empty object', async () => {
    await current().put(key, new Uint8Array(), png);

    expect((await current().head(key))?.bytes).toBe(0);
    expect(await contentOf(current(), key)).toHaveLength(0);
  });

  test('replaces an object as a whole, and changes its version', async () => {
    await current().put(key, text('old, and longer'), { contentType: 'text/plain', metadata: { a: '1' } });
    const before = await current().head(key);

    await current().put(key, text('new'), { ...png, metadata: { b: '2' } });

    const after = await current().head(key);
    expect(after).toMatchObject({ bytes: 3, contentType: 'image/png', metadata: { b: '2' } });
    expect(after?.version).not.toBe(before?.version);
    expect(String(await contentOf(current(), key))).toBe('new');
  });

  test('changes the metadata even if the bytes stay the same', async () => {
    await current().put(key, text('same'), { ...png, metadata: { attempt: '1' } });

    await current().put(key, text('same'), { ...png, metadata: { attempt: '2' } });

    expect((await current().head(key))?.metadata).toEqual({ attempt: '2' });
  });

  test('leaves nothing of a stream that broke off', async () => {
    async function* broken() {
      yield text('some of it');
      throw new Error('the connection was lost');
    }

    await expect(current().put(key, broken(), png)).rejects.toThrow('the connection was lost');

    expect(await current().head(key)).toBeUndefined();
    expect(await collect(current().list(''))).toEqual([]);
  });

  test.each(['images/a b+c&d=e%20f.png', 'images/Käse 🎨/日本.png', "images/it's (1)!.png", 'a'])(
    'takes the key %s',
    async (unusual) => {
      await current().put(unusual, text('x'), png);

      expect((await current().head(unusual))?.key).toBe(unusual);
      expect((await collect(current().list(''))).map((head) => head.key)).toEqual([unusual]);
    },
  );

  test('deletes an object, and does not mind one that is not there', async () => {
    await current().put(key, text('x'), png);

    await current().delete(key);
    await current().delete(key);

    expect(await current().head(key)).toBeUndefined();
    expect(await current().get(key)).toBeUndefined();
  });
}

function onlyIfAbsentTests(current: () => ObjectStore): void {
  const carefully = { ...png, onlyIfAbsent: true };

  test('stores the object if there is none', async () => {
    const result = await current().put(key, text('first'), { ...carefully, metadata: { attempt: '1' } });

    expect(result.kind).toBe('stored');
    expect((await current().head(key))?.metadata).toEqual({ attempt: '1' });
  });

  test('leaves an object that is there, with its metadata', async () => {
    await current().put(key, text('first'), { ...png, metadata: { attempt: '1' } });

    const bytes = await current().put(key, text('second'), { ...carefully, metadata: { attempt: '2' } });
    const stream = await current().put(key, fromArray([text('third')]), carefully);

    expect([bytes, stream]).toEqual([{ kind: 'exists' }, { kind: 'exists' }]);
    expect((await current().head(key))?.metadata).toEqual({ attempt: '1' });
    expect(String(await contentOf(current(), key))).toBe('first');
  });

  test('stores a deleted object again', async () => {
    await current().put(key, text('first'), { ...png, metadata: { attempt: '1' } });
    await current().delete(key);

    const result = await current().put(key, text('second'), carefully);

    expect(result.kind).toBe('stored');
    expect(await current().head(key)).toMatchObject({ bytes: 6, metadata: {} });
  });
}

function onlyIfEtagTests(current: () => ObjectStore): void {
  const etagNow = async () => (await current().head(key))?.etag ?? 'none';

  test.each<readonly [string, (words: string) => Uint8Array | AsyncIterable<Uint8Array>]>([
    ['bytes', text],
    ['a stream', (words) => fromArray([text(words)])],
  ])('replaces it with %s, and nothing that came after it', async (_, body) => {
    await current().put(key, text('first'), png);
    const first = { ...png, onlyIfEtag: await etagNow() };

    const replaced = await current().put(key, body('second'), first);
    const late = await current().put(key, body('third'), first);

    expect([replaced.kind, late.kind]).toEqual(['stored', 'exists']);
    expect(String(await contentOf(current(), key))).toBe('second');
  });
}

function readTests(current: () => ObjectStore): void {
  test('has nothing under a key that was never put', async () => {
    expect(await current().head('images/none.png')).toBeUndefined();
    expect(await current().get('images/none.png')).toBeUndefined();
  });

  test('reads from the middle, and still reports the whole length', async () => {
    await current().put(key, text('0123456789'), png);

    const object = await current().get(key, 4);

    expect(object?.info.bytes).toBe(10);
    expect(String(await contentOf(current(), key, 4))).toBe('456789');
  });

  test.each([10, 11, 5_000])('has nothing left to read from byte %i of 10', async (from) => {
    await current().put(key, text('0123456789'), png);

    const object = await current().get(key, from);

    expect(object?.info).toMatchObject({ key, bytes: 10 });
    expect(await contentOf(current(), key, from)).toHaveLength(0);
  });

  test('says the same of an object in get, head and list', async () => {
    await current().put(key, text('0123456789'), png);

    const head = await current().head(key);
    const object = await current().get(key);
    const [listed] = await collect(current().list(key));

    expect(object?.info).toEqual(head);
    expect(head).toMatchObject({ ...listed, modifiedAtMs: expect.any(Number) });
    await collect(object?.body ?? fromArray([]));
  });

  test('lets a reader stop before the end', async () => {
    await current().put(key, new Uint8Array(3_000_000), png);

    for await (const chunk of (await current().get(key))?.body ?? []) {
      expect(chunk.byteLength).toBeGreaterThan(0);
      break;
    }

    expect((await contentOf(current(), key)).byteLength).toBe(3_000_000);
  });
}

function listTests(current: () => ObjectStore): void {
  const keys = ['batches/b1/summary.json', 'images/b1/1.png', 'images/b1/2.png', 'images/b2/1.png', 'z'];

  beforeEach(async () => {
    for (const each of [...keys].reverse()) await current().put(each, text(each), png);
  });

  test.each([
    ['', keys],
    ['images/', keys.slice(1, 4)],
    ['images/b1/', keys.slice(1, 3)],
    ['images/b1/2', keys.slice(2, 3)],
    ['images/b', keys.slice(1, 4)],
    ['imag', keys.slice(1, 4)],
    ['none/', []],
    ['z/', []],
    ['images/b1/1.png/x', []],
  ])('gives the keys that begin with «%s», in order', async (prefix, expected) => {
    const heads = await collect(current().list(prefix));

    expect(heads.map((head) => head.key)).toEqual(expected);
    expect(heads.map((head) => head.bytes)).toEqual(expected.map((each) => each.length));
  });

  test('gives more than fit one page of a thousand', async () => {
    const store = current();
    const many = Array.from({ length: 1_050 }, (_, index) => `many/${String(index).padStart(4, '0')}`);
    for (let from = 0; from < many.length; from += 50) {
      await Promise.all(many.slice(from, from + 50).map((each) => store.put(each, text(each), png)));
    }

    const heads = await collect(store.list('many/'));

    expect(heads.map((head) => head.key)).toEqual(many);
  });
}

function text(content: string): Uint8Array {
  return Buffer.from(content);
}

async function* fromArray(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}

async function contentOf(store: ObjectStore, of: string, from?: number): Promise<Buffer> {
  const object = await store.get(of, from);
  return Buffer.concat(await collect(object?.body ?? fromArray([])));
}
