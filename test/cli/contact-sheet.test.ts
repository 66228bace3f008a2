import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../local/simulator/server.ts';
import { envOf } from './provider.ts';
import { openWorkplace, type Workplace } from './workplace.ts';

const MARKUP = '<img src=x onerror=alert(1)>';
let simulator: Simulator;
let work: Workplace;

beforeAll(async () => {
  simulator = await startSimulator({ pictures: 'plain', latency: { medianMs: 5, p95Ms: 10 } });
  work = await openWorkplace(envOf(simulator));
  await work.write('cards.csv', `prompt,name,tags\n"${MARKUP}","${MARKUP}",campaign=${MARKUP}\nA fox,fox,\n`);
});

afterAll(async () => {
  await simulator.close();
  await work.close();
});

describe('a contact sheet', () => {
  test('is stored beside the manifest when the batch completes, if the run asks for it', async () => {
    const { stderr, stdout } = await work.run(['run', 'cards.csv', '--contact-sheet', '--json']);
    const { batch } = JSON.parse(stdout);

    expect(stderr).toContain(`contact sheet stored as batches/${batch}/contact-sheet.html`);
    expect(await filesOf(batch)).toEqual(expect.arrayContaining(['contact-sheet.html', 'manifest.csv']));
  }, 20_000);

  test('works from a mail: one file with its pictures, without scripts, and texts are texts', async () => {
    await work.run(['contact-sheet', 'latest', '--out', 'sheet.html', '--group-by', 'tag:campaign']);
    const html = await readFile(join(work.folder, 'sheet.html'), 'utf8');

    expect(html.match(/src="data:image\/webp;base64,/g)).toHaveLength(2);
    expect(html.replaceAll('&#39;', "'")).toContain(
      `content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"`,
    );
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(html).not.toContain(MARKUP);
    expect(html).not.toMatch(/<script|https?:\/\//);
  }, 20_000);
});

async function filesOf(batch: string): Promise<string[]> {
  const found = await readdir(work.folder, { recursive: true });
  return found
    .filter((path) => path.includes(`batches/${batch}/`))
    .map((path) => path.split('/').at(-1) ?? '');
}
