import { readFile } from 'node:fs/promises';
import { startSimulator } from '../local/simulator/server.ts';
import { envOf } from '../test/cli/provider.ts';
import { openWorkplace } from '../test/cli/workplace.ts';

/**
 * What an open page costs a run: processor time of `pressrun dashboard` after its start, and of the run beside it, without
 * a page and with one that is watched. `node bench/dashboard-share.ts [ROWS]`.
 */
const rows = Number(process.argv[2] ?? 400);
const TICKS_PER_SECOND = 100;
const simulator = await startSimulator({ pictures: 'drawn', latency: { medianMs: 400, p95Ms: 800 } });
try {
  for (const watched of [false, true]) await measure(watched);
} finally {
  await simulator.close();
}

async function measure(watched: boolean): Promise<void> {
  const work = await openWorkplace(envOf(simulator));
  await work.write(
    'cards.csv',
    ['prompt', ...Array.from({ length: rows }, (_, nth) => `card ${nth}`)].join('\n'),
  );
  const served = watched ? work.start(['dashboard', '--api-only', '--json']) : undefined;
  const api = await served?.firstDocument();
  const beforeSeconds = served === undefined ? 0 : ((await processorSeconds(served.pid)) ?? 0);
  const left = new AbortController();
  const started = performance.now();
  const run = work.start(['run', 'cards.csv', '--json']);
  const watching = api === undefined ? undefined : watch(api, left.signal);
  let runSeconds = 0;
  let dashboardSeconds = 0;
  let isOver = false;
  void run.ended.then(() => {
    isOver = true;
  });
  // A process that has ended has no figures any more: the last look before that is what counts.
  while (!isOver) {
    runSeconds = (await processorSeconds(run.pid)) ?? runSeconds;
    if (served !== undefined) dashboardSeconds = (await processorSeconds(served.pid)) ?? dashboardSeconds;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const tookMs = performance.now() - started;
  left.abort();
  await watching?.catch(() => undefined);
  served?.kill('SIGINT');
  await served?.ended;
  await work.close();
  process.stdout.write(
    `${JSON.stringify({
      rows,
      watched,
      tookMs: Math.round(tookMs),
      runSeconds,
      dashboardSeconds: Number((dashboardSeconds - beforeSeconds).toFixed(2)),
      shareOfRun: Number(((dashboardSeconds - beforeSeconds) / runSeconds).toFixed(3)),
    })}\n`,
  );
}

/** As the page does: one stream, and the index whenever it is told that there is a new one. */
async function watch({ url = '', token = '' }: Record<string, string>, signal: AbortSignal): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  const batch = await newestBatch(url, headers, signal);
  const stream = await fetch(`${url}/api/v1/events?batch=${batch}`, { headers, signal });
  const decoder = new TextDecoder();
  for await (const chunk of stream.body ?? []) {
    if (!decoder.decode(chunk).includes('event: index')) continue;
    await (await fetch(`${url}/api/v1/batches/${batch}/index`, { headers, signal })).arrayBuffer();
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

/** User and system time of a process and what it has waited for; undefined once it has ended. */
async function processorSeconds(pid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields && (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
