import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EmbeddedStage, openEmbeddedStage } from '../../local/stage/embedded-stage.ts';
import { systemClock } from '../../shared/aws/system-clock.ts';
import { parseAttemptId, parseBatchId } from '../../shared/domain/ids.ts';
import { itemKey, stateFields } from '../../shared/pipeline/rows/item-row.ts';
import { ask, enter, visitor } from './support/client.ts';
import { memoryEffects, type Served, serveMemory } from './support/serve.ts';
import { drawScenes, stockBatch } from './support/stocked-stage.ts';

const BATCH = 'cards-0011223344aa-aabbccddee';
let folder: string;
let served: Served;
let cookie: string;
let stage: EmbeddedStage;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pressrun-security-'));
  stage = await openEmbeddedStage(folder, systemClock());
  const effects = { ...memoryEffects(), store: stage.store };
  served = await serveMemory({ effects });
  await stockBatch(
    effects,
    {
      id: BATCH,
      name: 'Cards',
      rows: 3,
      variants: 1,
      state: 'complete',
      createdAt: '2026-11-21T12:00:00.000Z',
    },
    await drawScenes(3),
  );
  cookie = await enter(served.dashboard);
}, 30_000);

afterAll(async () => {
  await served.dashboard.close();
  await stage.close();
  await rm(folder, { recursive: true, force: true });
});

describe('without the token', () => {
  test.each(['/', '/b/x', '/api/v1/stage', '/api/v1/events', `/media/${BATCH}/1/1/thumb`, '/assets/x.js'])(
    '%s answers 401, and says what to do',
    async (path) => {
      const answer = await ask(served.dashboard, path);

      expect(answer.status).toBe(401);
      expect(answer.text).toMatch(/Open the link that the terminal printed/);
    },
  );

  test('a link works once, becomes a cookie of this port alone, and leaves no token in the address', async () => {
    const { pathname, search } = new URL(served.dashboard.newLink());
    const first = await ask(served.dashboard, pathname + search);
    const second = await ask(served.dashboard, pathname + search);

    expect(first.status).toBe(303);
    expect(first.headers.location).toBe('/');
    expect(String(first.headers['set-cookie'])).toMatch(
      new RegExp(
        `^pressrun-${new URL(served.dashboard.url).port}=[\\w-]{43}; HttpOnly; SameSite=Strict; Path=/$`,
      ),
    );
    expect(first.headers['referrer-policy']).toBe('no-referrer');
    expect(second.status).toBe(401);
  });

  test('a guessed token, cookie or bearer is refused', async () => {
    const tries = [
      await ask(served.dashboard, '/enter?t=guess'),
      await ask(served.dashboard, '/api/v1/stage', { headers: { cookie: cookie.replace(/=.*/, '=guess') } }),
      await ask(served.dashboard, '/api/v1/stage', { headers: { authorization: 'Bearer guess' } }),
    ];

    expect(tries.map(({ status }) => status)).toEqual([401, 401, 401]);
  });

  test('a link leads to no other site', async () => {
    const link = new URL(served.dashboard.newLink('//evil.example/x'));

    const { headers } = await ask(served.dashboard, link.pathname + link.search);

    expect(headers.location).toBe('/');
  });
});

describe('another site', () => {
  test.each(['evil.example', 'evil.example:80', '127.0.0.1:1', 'localhost'])(
    'under the host name %s is answered with 421, token or not',
    async (host) => {
      expect((await ask(served.dashboard, '/', { headers: { host, cookie } })).status).toBe(421);
    },
  );

  test('may neither read nor change anything', async () => {
    const { send } = visitor(served.dashboard, cookie);
    const path = `/api/v1/batches/${BATCH}/marks`;
    const body = { set: [{ row: 1, variant: 1, mark: 'picked' }] };
    const tries = [
      await send('PUT', path, body, { origin: 'https://evil.example' }),
      await send('PUT', path, body, { origin: 'null' }),
      await send('PUT', path, body, { 'sec-fetch-site': 'cross-site' }),
      await ask(served.dashboard, path, {
        method: 'PUT',
        headers: { cookie, origin: served.dashboard.url, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
      await ask(served.dashboard, path, { headers: { cookie, 'sec-fetch-site': 'same-site' } }),
    ];

    expect(tries.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
    expect((await visitor(served.dashboard, cookie).json(path)).marks).toEqual([]);
  });

  test('finds no CORS header anywhere', async () => {
    const { headers } = await ask(served.dashboard, '/api/v1/stage', {
      headers: { cookie, 'sec-fetch-site': 'none' },
    });

    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  test('a form can send nothing: JSON is asked for', async () => {
    const { send } = visitor(served.dashboard, cookie);

    const answer = await send(
      'PUT',
      `/api/v1/batches/${BATCH}/marks`,
      { set: [] },
      { 'content-type': 'text/plain' },
    );

    expect(answer.status).toBe(415);
  });
});

describe('the page', () => {
  test('may run and load its own files alone', async () => {
    const { headers } = await ask(served.dashboard, '/', { headers: { cookie } });
    const policy = String(headers['content-security-policy']);

    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toMatch(/unsafe|data:|\*/);
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  test.each([
    '/../../etc/passwd',
    '/assets/../../../package.json',
    '/assets/..%2f..%2fpackage.json',
    '/.git/config',
    '//etc/passwd',
  ])('has no file at %s', async (path) => {
    const { status, text } = await ask(served.dashboard, path, { headers: { cookie } });

    expect(status).toBe(404);
    expect(text).not.toContain('pressrun"');
  });
});

describe('a picture', () => {
  test.each([
    '/media/..%2f..%2fx/1/1/original',
    `/media/${BATCH}/0/1/thumb`,
    `/media/${BATCH}/1/99/original`,
    `/media/${BATCH}/1/1/secret`,
    '/media/%00/1/1/thumb',
  ])('that does not exist is 404: %s', async (path) => {
    expect((await ask(served.dashboard, path, { headers: { cookie } })).status).toBe(404);
  });

  test('runs nothing, even if it is opened alone', async () => {
    const { headers, status } = await ask(served.dashboard, `/media/${BATCH}/1/1/original`, {
      headers: { cookie },
    });

    expect(status).toBe(200);
    expect(headers['content-type']).toBe('image/png');
    expect(headers['content-security-policy']).toBe("sandbox; default-src 'none'");
    expect(headers['cross-origin-resource-policy']).toBe('same-origin');
  });

  test('whose bytes are a page is handed out as a file to save', async () => {
    await point('images/evil/page.png', '<script>alert(1)</script>');

    const { headers } = await ask(served.dashboard, `/media/${BATCH}/2/1/original`, { headers: { cookie } });

    expect(headers['content-type']).toBe('application/octet-stream');
    expect(headers['content-disposition']).toMatch(/^attachment/);
  });

  test('that is a link to a file elsewhere, or lies behind one, is not there', async () => {
    const outside = join(folder, 'outside');
    await mkdir(outside);
    await writeFile(join(outside, 'secret.png'), 'the secret');
    const images = join(folder, 'objects/images', BATCH);
    await symlink(join(outside, 'secret.png'), join(images, 'link.png'));
    await symlink(outside, join(folder, 'objects/images/elsewhere'));
    const answers: number[] = [];
    for (const key of [`images/${BATCH}/link.png`, 'images/elsewhere/secret.png', '../outside/secret.png']) {
      await pointAt(key);
      answers.push(
        (await ask(served.dashboard, `/media/${BATCH}/2/1/original`, { headers: { cookie } })).status,
      );
    }

    expect(answers).toEqual([404, 404, 404]);
  });
});

/** Lets the second item name an object of these bytes. */
async function point(key: string, bytes: string): Promise<void> {
  await served.host.effects.store.put(key, Buffer.from(bytes), { contentType: 'image/png' });
  await pointAt(key);
}

async function pointAt(key: string): Promise<void> {
  const batch = parseBatchId(BATCH);
  const attempt = parseAttemptId('attempt-2-1');
  if (batch === undefined || attempt === undefined) throw new Error('no such batch');
  const image = {
    key,
    sha256: 'e'.repeat(64),
    bytes: 25,
    type: 'image/png',
    width: 1,
    height: 1,
    extras: [],
  } as const;
  await served.host.effects.table.write([
    {
      kind: 'update',
      key: itemKey({ batch, row: 2, variant: 1 }),
      set: stateFields({ kind: 'done', image, attempt }),
    },
  ]);
}
