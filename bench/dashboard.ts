import { readFile } from 'node:fs/promises';
import { launchBrowser, picturesShown } from '../test/dashboard/support/browser.ts';
import { serveMemory } from '../test/dashboard/support/serve.ts';
import { drawScenes, stockBatch } from '../test/dashboard/support/stocked-stage.ts';

/**
 * The gallery with 10,000 images: time to the first pictures, work of the page's main thread a frame while it scrolls, and
 * memory of its process. Run it alone: `node bench/dashboard.ts`.
 */
const BATCH = 'postcards-ff7625fff6f2-e180da8c91';
const ROWS = 2_500;
const FRAMES = 240;
const STEP_PIXELS = 120;

const served = await serveMemory();
const scenes = await drawScenes(40);
await stockBatch(
  served.host.effects,
  {
    id: BATCH,
    name: 'Postcards',
    rows: ROWS,
    variants: 4,
    state: 'complete',
    createdAt: new Date().toISOString(),
  },
  scenes,
);
const browser = await launchBrowser();
const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-US' });
const page = await context.newPage();
await page.goto(served.dashboard.newLink());
// The second visit, as a user's: the thumbnails of the first screen are kept.
for (const visit of ['first', 'second'] as const) {
  const startedMs = performance.now();
  await page.goto(`${served.dashboard.url}/b/${BATCH}`, { waitUntil: 'commit' });
  await page.locator('.tile .caption').nth(5).waitFor();
  const cellsMs = performance.now() - startedMs;
  await picturesShown(page, '.tile img', 6);
  const paint = Number(
    await page.evaluate(`performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0`),
  );
  print({
    visit,
    firstPaintMs: Math.round(paint),
    firstCellsMs: Math.round(cellsMs),
    firstPicturesMs: Math.round(performance.now() - startedMs),
  });
}

const session = await context.newCDPSession(page);
const taskMs = async () => {
  const { metrics } = await session.send('Performance.getMetrics');
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1_000;
};
const idle: number[] = [];
const frames: number[] = [];
const processor: number[] = [];
const nextFrame = (pixels: number) =>
  page.evaluate(`new Promise((resolve) => {
    document.querySelector('.grid').scrollTop += ${pixels};
    requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
  })`);
// As the clock saw it, and in time of the processor: software drawing on other threads takes the first from the second.
for (const [into, by, timeDomain] of [
  [idle, 0, 'timeTicks'],
  [frames, STEP_PIXELS, 'timeTicks'],
  [processor, STEP_PIXELS, 'threadTicks'],
] as const) {
  await session.send('Performance.disable');
  await session.send('Performance.enable', { timeDomain });
  for (let nth = 0; nth < FRAMES; nth += 1) {
    const before = await taskMs();
    await nextFrame(by);
    into.push((await taskMs()) - before);
  }
}
const at = (values: readonly number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0;
print({
  scrolledPixelsAFrame: STEP_PIXELS,
  mainThreadMedianMs: Number(at(frames, 0.5).toFixed(1)),
  mainThreadP95Ms: Number(at(frames, 0.95).toFixed(1)),
  mainThreadProcessorMedianMs: Number(at(processor, 0.5).toFixed(1)),
  mainThreadProcessorP95Ms: Number(at(processor, 0.95).toFixed(1)),
  measuringAloneMedianMs: Number(at(idle, 0.5).toFixed(1)),
});

const browserSession = await browser.newBrowserCDPSession();
const { processInfo } = await browserSession.send('SystemInfo.getProcessInfo');
const renderers = processInfo.filter(({ type }) => type === 'renderer');
const kilobytes = await Promise.all(
  renderers.map(async ({ id }) => {
    const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => '');
    return Number(/RssAnon:\s+(\d+)/.exec(status)?.[1] ?? 0);
  }),
);
const heap = Number(await page.evaluate('performance.memory.usedJSHeapSize'));
const elements = Number(await page.evaluate(`document.querySelectorAll('*').length`));
print({
  pageProcessMiB: Math.round(Math.max(...kilobytes) / 1_024),
  scriptHeapMiB: Math.round(heap / 1_048_576),
  elements,
});

await browser.close();
await served.dashboard.close();

function print(reading: object): void {
  process.stdout.write(`${JSON.stringify(reading)}\n`);
}
