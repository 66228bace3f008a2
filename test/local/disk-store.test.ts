import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { removePartialFiles } from '../../local/disk-store/disk-store.ts';
import { temporaryFolder } from '../../local/disk-store/object-path.ts';
import { preparePut } from '../../local/disk-store/put-object.ts';
import type { ObjectStore } from '../../shared/pipeline/ports.ts';
import { collect } from '../support/collect.ts';
import { diskStoreIn, placeIn } from '../support/disk-store.ts';
import fc from '../support/property.ts';

const png = { contentType: 'image/png' };
let folder: string;
let root: string;
let store: ObjectStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pressrun-disk-'));
  root = join(folder, 'objects');
  store = diskStoreIn(root);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the folder', () => {
  test('has each image as a plain file at its key', async () => {
    await store.put('images/b1/1-cat.png', Buffer.from('bytes'), png);

    expect(await readFile(join(root, 'images/b1/1-cat.png'), 'utf8')).toBe('bytes');
    expect(await readdir(join(root, 'images/b1'))).toEqual(['1-cat.png']);
  });

  test('keeps types and metadata when it is copied in a way that changes all times', async () => {
    await store.put('images/1.png', Buffer.from('bytes'), { ...png, metadata: { attempt: 'a1' } });

    await cp(root, join(folder, 'copy'), { recursive: true, preserveTimestamps: false });

    const copied = await diskStoreIn(join(folder, 'copy')).head('images/1.png');
    expect(copied).toMatchObject({ contentType: 'image/png', metadata: { attempt: 'a1' } });
    expect(copied?.version).toBe((await store.head('images/1.png'))?.version);
  });

  test('never shows a folder, a link or the hidden part as an object', async () => {
    await store.put('images/1.png', Buffer.from('x'), png);
    await symlink('/etc/hostname', join(root, 'images/link.png'));

    const keys = (await collect(store.list(''))).map(({ key }) => key);

    expect(keys).toEqual(['images/1.png']);
    expect(await store.head('images')).toBeUndefined();
    expect(await store.head('images/link.png')).toBeUndefined();
  });
});

describe('a file copied to uploads/', () => {
  test('is an object, with a type by its extension', async () => {
    await dropFile('uploads/Katzen.CSV', 'prompt\na cat\n');

    const head = await store.head('uploads/Katzen.CSV');

    expect(head).toMatchObject({ bytes: 13, contentType: 'text/csv', metadata: {} });
    expect(await collect(store.list('uploads/'))).toMatchObject([{ version: head?.version, bytes: 13 }]);
    expect(await contentOf('uploads/Katzen.CSV')).toBe('prompt\na cat\n');
  });

  test('keeps its version while it is left alone, and has another one after a change', async () => {
    await dropFile('uploads/a.csv', 'prompt\na\n');
    const first = await store.head('uploads/a.csv');
    const second = await store.head('uploads/a.csv');

    await dropFile('uploads/a.csv', 'prompt\na\nb\n');

    expect(second?.version).toBe(first?.version);
    expect((await store.head('uploads/a.csv'))?.version).not.toBe(first?.version);
  });

  test('loses the metadata of the stored object that it takes the place of', async () => {
    await store.put('uploads/a.csv', Buffer.from('prompt\na\n'), { ...png, metadata: { budget: '5' } });

    await dropFile('uploads/a.csv', 'prompt\nb\n');

    expect(await store.head('uploads/a.csv')).toMatchObject({ contentType: 'text/csv', metadata: {} });
  });

  test('is left as it is by a put that wants nothing to be there', async () => {
    await dropFile('uploads/a.csv', 'by hand');

    const result = await store.put('uploads/a.csv', Buffer.from('x'), { ...png, onlyIfAbsent: true });

    expect(result).toEqual({ kind: 'exists' });
    expect(await contentOf('uploads/a.csv')).toBe('by hand');
  });
});

describe('a key', () => {
  const badKeys = [
    '',
    '.',
    '..',
    '/etc/passwd',
    '../outside',
    'images/../../outside',
    'images//x',
    'images/',
    'images/./x',
    '.meta/objects/x',
    '.META/x',
    'a\0b',
    'a\\..\\..\\b',
    'a\nb',
  ];

  test.each(badKeys)('like %j is refused by put, and is nothing to readers', async (key) => {
    await expect(store.put(key, Buffer.from('x'), png)).rejects.toThrow('cannot be a file');

    expect(await store.head(key)).toBeUndefined();
    expect(await store.get(key)).toBeUndefined();
    await store.delete(key);
    expect(await readdir(folder)).not.toContain('outside');
  });

  test('of any text either names a file inside the folder or is refused', async () => {
    const part = fc.oneof(fc.constantFrom('..', '.', '', '/', '.meta', '\\', '\0', 'a'), fc.string());
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 5 }), async (parts) => {
        const key = parts.join('/');
        const stored = await store.put(key, Buffer.from('x'), png).then(
          () => true,
          () => false,
        );
        expect((await store.head(key)) !== undefined).toBe(stored);
        if (stored) await store.delete(key);
        expect(await readdir(folder)).toEqual((await readdir(folder)).filter((name) => name === 'objects'));
      }),
      { numRuns: 100 },
    );
  });

  test('that leads through another object is refused, and the other object is kept', async () => {
    await store.put('images/a', Buffer.from('x'), png);

    await expect(store.put('images/a/b', Buffer.from('y'), png)).rejects.toThrow('cannot store object');
    await expect(store.put('images', Buffer.from('y'), png)).rejects.toThrow('cannot store object');

    expect(await contentOf('images/a')).toBe('x');
  });
});

describe('a crash', () => {
  const next = { ...png, metadata: { attempt: 'new' } };

  test('before the name was given leaves nothing, and the rest is cleared away', async () => {
    await preparePut(placeIn(root), 'images/1.png', Buffer.from('new'), next);

    expect(await diskStoreIn(root).head('images/1.png')).toBeUndefined();
    expect(await collect(diskStoreIn(root).list(''))).toEqual([]);
    await removePartialFiles(root);
    await expect(readdir(temporaryFolder(root))).rejects.toThrow('ENOENT');
  });

  test('is cleared without files that another process is writing', async () => {
    await preparePut(placeIn(root), 'images/1.png', Buffer.from('new'), next);
    const others = `object.${process.ppid}-0123456789ab.part`;
    await writeFile(join(temporaryFolder(root), others), 'being handed over');

    await removePartialFiles(root);

    expect(await readdir(temporaryFolder(root))).toEqual([others]);
  });

  test('between metadata and name leaves the object of before, with its own metadata', async () => {
    await store.put('images/1.png', Buffer.from('old'), { ...png, metadata: { attempt: 'old' } });
    const before = await store.head('images/1.png');
    await crashBeforeRename('images/1.png', 'new', next);

    const after = await diskStoreIn(root).head('images/1.png');

    expect(after).toEqual({ ...before, modifiedAtMs: expect.any(Number) });
    expect(await contentOf('images/1.png')).toBe('old');
  });

  test('between metadata and name leaves no new object', async () => {
    await store.put('images/1.png', Buffer.from('new'), next);
    await rm(join(root, 'images/1.png'));

    expect(await diskStoreIn(root).head('images/1.png')).toBeUndefined();
    expect(await collect(diskStoreIn(root).list(''))).toEqual([]);
    const again = await store.put('images/1.png', Buffer.from('other'), { ...png, onlyIfAbsent: true });
    expect(again.kind).toBe('stored');
  });
});

describe('puts of one key at once', () => {
  test('end with one whole object, whose metadata is its own', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        store.put('k', Buffer.from(`content ${index}`), { ...png, metadata: { index: String(index) } }),
      ),
    );

    expect(await contentOf('k')).toBe(`content ${(await store.head('k'))?.metadata.index}`);
    expect(await readdir(temporaryFolder(root))).toEqual([]);
  });

  test('that want nothing to be there are won by exactly one', async () => {
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        store.put('k', Buffer.from(String(index)), { ...png, onlyIfAbsent: true }),
      ),
    );

    expect(results.filter(({ kind }) => kind === 'stored')).toHaveLength(1);
  });
});

async function dropFile(key: string, content: string): Promise<void> {
  await mkdir(join(root, 'uploads'), { recursive: true });
  await writeFile(join(root, key), content);
}

/** The state on disk after a put that ended just before its rename: the new metadata, the old data. */
async function crashBeforeRename(
  key: string,
  content: string,
  options: Parameters<ObjectStore['put']>[2],
): Promise<void> {
  const aside = join(folder, 'aside');
  await cp(join(root, key), aside, { preserveTimestamps: true });
  await diskStoreIn(root).put(key, Buffer.from(content), options);
  await rename(aside, join(root, key));
  expect(placeIn(root).records.read(key)).toMatchObject([{ metadata: { attempt: 'new' } }, {}]);
}

async function contentOf(key: string): Promise<string> {
  const object = await store.get(key);
  return object ? Buffer.concat(await collect(object.body)).toString() : '';
}
