import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskStore } from '../local/disk-store/disk-store.ts';
import { launchBrowser, picturesShown } from '../test/dashboard/support/browser.ts';
import { memoryEffects, serveMemory } from '../test/dashboard/support/serve.ts';
import { drawScenes, stockBatch } from '../test/dashboard/support/stocked-stage.ts';

/**
 * The gallery with 10,000 images: time to the first pictures, work of the page's main thread a frame while it scrolls, and
 * memory of its process. Run it alone: `node bench/dashboard.ts`.
 */
const BATCH = 'postcards-ff7625fff6f2-e180da8c91';
const ROWS = 2_500;
const FRAMES = 240;
/** As one looks for something, and as one throws the page: 2,400 and 7,200 pixels a second where frames come in time. */
const STEPS_PIXELS = [40, 120];

// Images are files, as they are on one machine.
const root = await mkdtemp(join(tmpdir(), 'pressrun-bench-'));
const noRecords = { read: () => [], write: async () => undefined, forget: async () => undefined };
const served = await serveMemory({ effects: { ...memoryEffects(), store: diskStore(root, noRecords) } });
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

for (const step of STEPS_PIXELS) print(await scrollBy(step));

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
await rm(root, { recursive: true });

/**
 * A trace has the work of the page's main thread alone, as the clock saw it and in time of the processor: drawing by software, on
 * other threads of the same cores, takes the first from the second.
 */
async function scrollBy(step: number): Promise<object> {
  const pictures = `performance.getEntriesByType('resource').filter(({ name }) => name.includes('/thumb')).length`;
  await page.evaluate('performance.clearResourceTimings(); performance.setResourceTimingBufferSize(5_000)');
  await browser.startTracing(page, {
    categories: ['blink.user_timing', 'disabled-by-default-devtools.timeline'],
  });
  await page.evaluate(`new Promise((resolve) => {
    let left = ${FRAMES};
    requestAnimationFrame(function scroll() {
      performance.mark('scroll');
      document.querySelector('.grid').scrollTop += ${step};
      left -= 1;
      if (left > 0) requestAnimationFrame(scroll);
      else resolve();
    });
  })`);
  const loaded = await page.evaluate(pictures);
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: TraceEvent[];
  };
  const frames = framesOf(traceEvents);
  const at = (values: readonly number[], share: number) =>
    Number((values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0).toFixed(1));
  const clock = frames.map(({ clockMs }) => clockMs);
  const processor = frames.map(({ processorMs }) => processorMs);
  return {
    scrolledPixelsAFrame: step,
    frames: frames.length,
    picturesLoaded: loaded,
    mainThreadMedianMs: at(processor, 0.5),
    mainThreadP95Ms: at(processor, 0.95),
    mainThreadClockMedianMs: at(clock, 0.5),
    mainThreadClockP95Ms: at(clock, 0.95),
  };
}

/** What the bench reads of a trace; times in microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
}

/** The main thread's tasks, summed from the scroll of one frame to that of the next. */
function framesOf(events: readonly TraceEvent[]): { clockMs: number; processorMs: number }[] {
  const starts = events.filter(({ name }) => name === 'scroll').sort((a, b) => a.ts - b.ts);
  const tasks = events.filter(({ name, tid }) => name === 'RunTask' && tid === starts[0]?.tid);
  return starts.slice(0, -1).map(({ ts }, nth) => {
    const until = starts[nth + 1]?.ts ?? ts;
    const during = tasks.filter((task) => {
      const endedAt = task.ts + (task.dur ?? 0);
      return endedAt > ts && endedAt <= until;
    });
    const sum = (of: 'dur' | 'tdur') => during.reduce((all, task) => all + (task[of] ?? 0), 0) / 1_000;
    return { clockMs: sum('dur'), processorMs: sum('tdur') };
  });
}

function print(reading: object): void {
  process.stdout.write(`${JSON.stringify(reading)}\n`);
}
