import { readFile } from 'node:fs/promises';
import { startSimulator } from '../local/simulator/server.ts';
import { envOf } from '../test/cli/provider.ts';
import { openWorkplace } from '../test/cli/workplace.ts';

/**
 * What an open page costs a run: without a page, with one that follows it, with one that shows a screen of pictures, and with
 * one that looks at every picture as it comes. Time and processor time of the run, also beside those without a page, and
 * processor time of the dashboard and its thumbnail process after their start; the four take turns.
 * `node bench/dashboard-share.ts [ROWS] [ROUNDS]`.
 */
const rows = Number(process.argv[2] ?? 400);
const rounds = Number(process.argv[3] ?? 1);
const TICKS_PER_SECOND = 100;
const LOOK_MS = 50;
const PAGES = ['none', 'follows', 'screen', 'pictures'] as const;
type Page = (typeof PAGES)[number];
/** Tiles at 1440×900, and those just above and below. */
const PICTURES: Readonly<Record<Page, number>> = { none: 0, follows: 0, screen: 66, pictures: Infinity };

interface Reading {
  readonly tookMs: number;
  readonly runSeconds: number;
  readonly dashboardSeconds: number;
  readonly thumbnailSeconds: number;
  readonly thumbnails: number;
}

const readings: Readonly<Record<Page, Reading[]>> = { none: [], follows: [], screen: [], pictures: [] };
const simulator = await startSimulator({ pictures: 'drawn', latency: { medianMs: 400, p95Ms: 800 } });
try {
  for (let round = 0; round < rounds; round += 1) {
    for (const page of PAGES) readings[page].push(await measure(page));
  }
} finally {
  await simulator.close();
}
for (const page of PAGES) {
  const of = (field: keyof Reading, kind: Page = page) =>
    median(readings[kind].map((reading) => reading[field]));
  const besideNone = (field: keyof Reading) => Number((of(field) / of(field, 'none')).toFixed(3));
  print({
    rows,
    rounds,
    page,
    tookMs: Math.round(of('tookMs')),
    tookBesideNone: besideNone('tookMs'),
    runSeconds: of('runSeconds'),
    runBesideNone: besideNone('runSeconds'),
    dashboardSeconds: Number(of('dashboardSeconds').toFixed(2)),
    shareOfRun: Number((of('dashboardSeconds') / of('runSeconds')).toFixed(3)),
    thumbnails: of('thumbnails'),
    thumbnailSeconds: Number(of('thumbnailSeconds').toFixed(2)),
  });
}

async function measure(page: Page): Promise<Reading> {
  const work = await openWorkplace(envOf(simulator));
  await work.write(
    'cards.csv',
    ['prompt', ...Array.from({ length: rows }, (_, nth) => `card ${nth}`)].join('\n'),
  );
  const served = page === 'none' ? undefined : work.start(['dashboard', '--api-only', '--json']);
  const api = await served?.firstDocument();
  const beforeSeconds = (await processorSeconds(served?.pid)) ?? 0;
  const left = new AbortController();
  const started = performance.now();
  const run = work.start(['run', 'cards.csv', '--json']);
  const shown = new Set<string>();
  const watching = api === undefined ? undefined : watch(api, page, shown, left.signal);
  const seen = { run: 0, dashboard: beforeSeconds, thumbnails: 0 };
  let isOver = false;
  void run.ended.then(() => {
    isOver = true;
  });
  // A process that has ended has no figures any more: the last look before that is what counts.
  while (!isOver) {
    seen.run = (await processorSeconds(run.pid)) ?? seen.run;
    seen.dashboard = (await processorSeconds(served?.pid)) ?? seen.dashboard;
    seen.thumbnails = (await processorSeconds(await childOf(served?.pid))) ?? seen.thumbnails;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  const tookMs = performance.now() - started;
  left.abort();
  await watching?.catch(() => undefined);
  served?.kill('SIGINT');
  await served?.ended;
  await work.close();
  return {
    tookMs,
    runSeconds: seen.run,
    dashboardSeconds: seen.dashboard - beforeSeconds,
    thumbnailSeconds: seen.thumbnails,
    thumbnails: shown.size,
  };
}

/** As the page does: one stream, the index whenever it is told that there is a new one, and pictures where it shows them. */
async function watch(
  { url = '', token = '' }: Record<string, string>,
  page: Page,
  shown: Set<string>,
  signal: AbortSignal,
): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  const batch = await newestBatch(url, headers, signal);
  const stream = await fetch(`${url}/api/v1/events?batch=${batch}`, { headers, signal });
  const decoder = new TextDecoder();
  for await (const chunk of stream.body ?? []) {
    if (!/event: (?:index|items)/.test(decoder.decode(chunk))) continue;
    const index = await fetch(`${url}/api/v1/batches/${batch}/index`, { headers, signal });
    const { row, state } = (await index.json()) as { row: number[]; state: string };
    for (const nth of row.filter((_, place) => state[place] === 'd')) {
      const path = `/media/${batch}/${nth}/1/thumb`;
      if (shown.has(path) || shown.size >= PICTURES[page]) continue;
      await (await fetch(url + path, { headers, signal })).arrayBuffer();
      shown.add(path);
    }
  }
}

async function newestBatch(
  url: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<string> {
  for (;;) {
    const answer = await fetch(`${url}/api/v1/batches`, { headers, signal });
    const { batches } = (await answer.json()) as { batches: { batch: string }[] };
    if (batches[0] !== undefined) return batches[0].batch;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** The thumbnail process, where there is one. */
async function childOf(pid: number | undefined): Promise<number | undefined> {
  if (pid === undefined) return undefined;
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return Number(text.trim().split(' ')[0]) || undefined;
}

/** User and system time of a process and what it has waited for; undefined once it has ended. */
async function processorSeconds(pid: number | undefined): Promise<number | undefined> {
  if (pid === undefined) return undefined;
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields && (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function print(reading: object): void {
  process.stdout.write(`${JSON.stringify(reading)}\n`);
}
