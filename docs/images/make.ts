import { execFileSync } from 'node:child_process';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { contactSheet } from '../../dashboard/contact-sheet/contact-sheet.ts';
import { parseBatchId } from '../../shared/domain/ids.ts';
import { writeMarks } from '../../shared/pipeline/batch/marks.ts';
import { type Look, launchBrowser, openPage, picturesShown } from '../../test/dashboard/support/browser.ts';
import { type Served, serveMemory } from '../../test/dashboard/support/serve.ts';
import { drawScenes, stockBatch } from '../../test/dashboard/support/stocked-stage.ts';

/** `npm run screenshots`: the pictures of the README and the guide, of the real page over a stage that is made up. */
const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const BATCH = 'postcards-ff7625fff6f2-e180da8c91';

interface Shot {
  readonly name: string;
  readonly path: string;
  readonly look: Look;
}

const SHOTS: readonly Shot[] = [
  { name: 'gallery', path: `/b/${BATCH}`, look: {} },
  { name: 'groups-dark', path: `/b/${BATCH}?group=row`, look: { theme: 'dark' } },
  { name: 'batches', path: '/', look: { height: 620 } },
  { name: 'large', path: `/b/${BATCH}/i/1/3`, look: {} },
  { name: 'compare', path: `/b/${BATCH}/compare?i=3/1,3/2,3/4`, look: { height: 620 } },
  { name: 'narrow', path: `/b/${BATCH}`, look: { width: 390, height: 844, touch: true } },
];

const served = await serveMemory();
const browser = await launchBrowser();
const folder = await mkdtemp(join(tmpdir(), 'pressrun-screenshots-'));
try {
  await stock(served);
  for (const shot of SHOTS) await take(browser, served, shot);
  await takeSheet(browser, served);
  await takeTerminal(browser);
} finally {
  await browser.close();
  await served.dashboard.close();
  await rm(folder, { recursive: true });
}

async function stock({ host: { effects } }: Served): Promise<void> {
  const nowMs = effects.clock.now();
  const scenes = await drawScenes(48);
  const rows = 600;
  const batch = await stockBatch(
    effects,
    {
      id: BATCH,
      name: 'Postcards, spring range',
      rows,
      variants: 4,
      state: 'running',
      createdAt: new Date(nowMs - 600_000).toISOString(),
      stateOf: (row, variant) => {
        if (row > rows * 0.86) return row < rows * 0.87 ? 'working' : 'queued';
        if (row === 2 && variant === 4) return 'failed';
        if (row % 41 === 0) return 'failed';
        return row % 9 === 0 && variant === 1 ? 'reused' : 'done';
      },
    },
    scenes,
  );
  const earlier = { rows: 27, variants: 1, state: 'complete' } as const;
  const days = [
    ['tram-cards-0011223344aa-aabbccddee', 'tram-cards', 1],
    ['winter-range-55667788990a-0badcafe12', 'Winter range', 3],
  ] as const;
  for (const [id, name, ago] of days) {
    const createdAt = new Date(nowMs - ago * 86_400_000).toISOString();
    await stockBatch(effects, { ...earlier, id, name, createdAt }, scenes);
  }
  const picked = [1, 3, 4, 7, 12].map((row) => ({ row, variant: (row % 4) + 1, mark: 'picked' as const }));
  await writeMarks(effects, batch, [...picked, { row: 2, variant: 2, mark: 'aside' }], 'ana');
}

async function take(browserOfAll: Browser, { dashboard }: Served, { name, path, look }: Shot): Promise<void> {
  const { page, context, errors } = await openPage(browserOfAll, dashboard.newLink(), look);
  await page.goto(dashboard.url + path);
  await picturesShown(page);
  await page.waitForTimeout(400);
  await page.screenshot({ path: join(FOLDER, `${name}.png`) });
  await context.close();
  if (errors.length > 0) throw new Error(`${name}: ${errors.join('; ')}`);
  process.stdout.write(`${name}.png\n`);
}

async function takeSheet(browserOfAll: Browser, { host }: Served): Promise<void> {
  const batch = parseBatchId('tram-cards-0011223344aa-aabbccddee');
  const options = { columns: 4, picked: false, groupBy: undefined, cost: true, mostBytes: 25_000_000 };
  const sheet = batch && (await contactSheet(host.effects, batch, options));
  const html = join(folder, 'contact-sheet.html');
  await writeFile(html, sheet?.files[0]?.html ?? '');
  await picture(browserOfAll, html, 'contact-sheet', { width: 1100, height: 760 });
}

/** A terminal in colors: what the command prints, as text on a dark page. */
async function takeTerminal(browserOfAll: Browser): Promise<void> {
  const command = fileURLToPath(new URL('../../cli/bin.js', import.meta.url));
  const example = fileURLToPath(new URL('../../examples/postcards.csv', import.meta.url));
  // Both streams in the order of their lines, as a terminal has them.
  const transcript = await open(join(folder, 'terminal.txt'), 'w+');
  execFileSync(process.execPath, [command, 'run', example, '--simulate', '--sim-latency', '20'], {
    cwd: folder,
    stdio: ['ignore', transcript.fd, transcript.fd],
  });
  await transcript.close();
  const said = (await readFile(join(folder, 'terminal.txt'), 'utf8')).trimEnd();
  const text = `$ npx pressrun run examples/postcards.csv --simulate\n${said.replaceAll(example, 'examples/postcards.csv')}`;
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const html = join(folder, 'terminal.html');
  const style =
    'body{margin:0;background:#141413;color:#ededea;font:15px/1.5 "DejaVu Sans Mono",monospace}pre{margin:0;padding:20px;font:inherit;white-space:pre-wrap}';
  const colored = escaped.replace(/^(Complete.*)$/m, '<span style="color:#8fe8c4">$1</span>');
  await writeFile(html, `<meta charset="utf-8"><style>${style}</style><pre>${colored}</pre>`);
  await picture(browserOfAll, html, 'terminal', { width: 1100 }, 'pre');
}

async function picture(
  browserOfAll: Browser,
  html: string,
  name: string,
  look: Look,
  of?: string,
): Promise<void> {
  const { page, context } = await openPage(browserOfAll, `file://${html}`, look);
  const path = join(FOLDER, `${name}.png`);
  await (of === undefined ? page.screenshot({ path }) : page.locator(of).screenshot({ path }));
  await context.close();
  process.stdout.write(`${name}.png\n`);
}
