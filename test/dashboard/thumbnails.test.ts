import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createThumbnails, type Thumbnails, thumbnailKey } from '../../dashboard/thumbnails/thumbnails.ts';
import { diskStore } from '../../local/disk-store/disk-store.ts';

const KEY = 'images/cards/fox.png';
let root: string;
let outside: string;
let png: Buffer;
let thumbnails: Thumbnails;
const problems: string[] = [];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'pressrun-objects-'));
  outside = await mkdtemp(join(tmpdir(), 'pressrun-outside-'));
  png = await sharp({ create: { width: 640, height: 480, channels: 3, background: '#1a3fae' } })
    .png()
    .toBuffer();
  await place(join(root, KEY), png);
  const noRecords = { read: () => [], write: async () => undefined, forget: async () => undefined };
  const store = { ...diskStore(root, noRecords), get: refused, head: refused, put: refused };
  const error = (message: string, cause: unknown) => problems.push(`${message}: ${cause}`);
  thumbnails = createThumbnails({ store, log: { info: () => 0, warn: () => 0, error } });
});

afterAll(async () => {
  thumbnails.close();
  await Promise.all([root, outside].map((folder) => rm(folder, { recursive: true })));
});

function refused(): never {
  throw new Error('the process that serves the page must not touch originals');
}

async function place(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
}

const imageAt = (key: string) => ({ key, sha256: createHash('sha256').update(key).digest('hex') });
const keptAt = (key: string) => join(root, thumbnailKey(imageAt(key).sha256, 'thumb'));

test('of a stage on this machine are read and kept by their own process alone', async () => {
  const webp = await thumbnails.get(imageAt(KEY), 'thumb');

  expect(await sharp(webp).metadata()).toMatchObject({ format: 'webp', width: 320, height: 240 });
  expect(await readFile(keptAt(KEY))).toEqual(webp);
  await rename(join(root, KEY), join(root, 'images/away.png'));
  expect(await thumbnails.get(imageAt(KEY), 'thumb')).toEqual(webp);
  await rename(join(root, 'images/away.png'), join(root, KEY));
});

test.each([0, 7, 100])('of which a power cut left %i bytes are made again', async (left) => {
  const whole = await thumbnails.get(imageAt(KEY), 'thumb');
  await writeFile(keptAt(KEY), (whole ?? png).subarray(0, left));

  expect(await thumbnails.get(imageAt(KEY), 'thumb')).toEqual(whole);
  expect(await readFile(keptAt(KEY))).toEqual(whole);
});

test('show nothing that a link in the store points to, be it a file or a folder', async () => {
  await place(join(outside, 'secret.png'), png);
  await symlink(join(outside, 'secret.png'), join(root, 'images/cards/link.png'));
  await symlink(outside, join(root, 'images/linked'));

  expect(await thumbnails.get(imageAt('images/cards/link.png'), 'thumb')).toBeUndefined();
  expect(await thumbnails.get(imageAt('images/linked/secret.png'), 'thumb')).toBeUndefined();
  expect(await thumbnails.get(imageAt('images/../../secret.png'), 'thumb').catch(String)).toMatch(/must not/);
});

test('take the place of a link, and leave what it pointed to as it was', async () => {
  await place(join(outside, 'mine.txt'), Buffer.from('mine'));
  await rm(keptAt(KEY), { force: true });
  await symlink(join(outside, 'mine.txt'), keptAt(KEY));

  const webp = await thumbnails.get(imageAt(KEY), 'thumb');

  expect(await readFile(join(outside, 'mine.txt'), 'utf8')).toBe('mine');
  expect(await readFile(keptAt(KEY))).toEqual(webp);
});

test('are shown even if keeping them fails, and the log says why', async () => {
  const at = dirname(keptAt(KEY));
  await rm(at, { recursive: true });
  await writeFile(at, 'a file where the folder should be');

  expect(await thumbnails.get(imageAt(KEY), 'thumb')).toBeDefined();
  expect(problems).toEqual([expect.stringMatching(/^a thumbnail could not be kept: Error: E(EXIST|NOTDIR)/)]);
  await rm(at);
});

test('are refused one by one for damaged or missing images: the process continues', async () => {
  await place(join(root, 'images/cards/text.png'), Buffer.from('no image'));

  await expect(thumbnails.get(imageAt('images/cards/text.png'), 'thumb')).rejects.toThrow(/unsupported/);
  expect(await thumbnails.get(imageAt('images/cards/gone.png'), 'thumb')).toBeUndefined();
  expect(await thumbnails.get(imageAt(KEY), 'large')).toBeDefined();
  expect((await readdir(join(root, 'thumbnails'))).filter((name) => name.endsWith('.part'))).toEqual([]);
});
