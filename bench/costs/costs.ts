import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { CALL_MS, SHORT_CALL_MS } from '../../functions/generate/handler.ts';
import { stageSettings } from '../../infra/settings.ts';
import { randomFrom } from '../../local/simulator/random.ts';
import { BENCHES } from '../gate/benches.ts';
import { startChat } from '../gate/chat.ts';
import { runIngest } from './run-ingest.ts';
import { type Invocation, runInvocation } from './run-invocation.ts';

const price = z.number().nonnegative();
const prices = z
  .strictObject({
    asOf: z.iso.date(),
    region: z.string(),
    note: z.string(),
    lambdaArmGbSecond: price,
    lambdaRequest: price,
    dynamoWriteUnit: price,
    dynamoReadUnit: price,
    sqsRequest: price,
    s3Put: price,
    s3Get: price,
    logGb: price,
    alarmMonth: price,
    metricMonth: price,
    dashboardMonth: price,
    kmsKeyMonth: price,
    secretMonth: price,
    traceRecorded: price,
  })
  .parse(JSON.parse(readFileSync(new URL('./prices.json', import.meta.url), 'utf8')));

/** Metrics that they read: an alarm on a sum of five is five (test/infra/costs.test.ts compares with the template). */
const ALARMS = { few: 5, all: 23 };
const MINUTES_A_MONTH = 30 * 24 * 60;
/**
 * Lambda polls each of two queues with five receives of 20 s at a time, whether there is work or not: AWS documents that it polls long
 * and begins with five; others count 15 empty receives a minute (getlift/lift#132). Whether `maxConcurrency: 2` means fewer is not documented.
 */
const POLLS_A_MINUTE = 2 * 5 * 3;
/** Of the sweep while nothing is open: believed, as no Lambda was ever run. */
const SLEEPING_SWEEP = { seconds: 0.1, gb: 1, logBytes: 1_000 };
/** One line of a call, and its metrics. */
const LOG_BYTES_AN_IMAGE = 1_500;

function perThousand(
  { images, seconds, operations: o }: Pick<Invocation, 'images' | 'seconds' | 'operations'>,
  memoryMib: number,
) {
  const thousand = (dollars: number) => (dollars / images) * 1_000;
  return {
    lambda: thousand(seconds * (memoryMib / 1_024) * prices.lambdaArmGbSecond + prices.lambdaRequest),
    writes: thousand(o.writeUnits * prices.dynamoWriteUnit),
    reads: thousand(o.readUnits * prices.dynamoReadUnit),
    s3: thousand(o.s3Puts * prices.s3Put + o.s3Gets * prices.s3Get),
    sqs: thousand(o.sqsRequests * prices.sqsRequest),
    logs: thousand((images * LOG_BYTES_AN_IMAGE * prices.logGb) / 1e9),
  };
}

function idleMonth(stage: string, file: Parameters<typeof stageSettings>[1] = {}) {
  const { alarms, dashboard, tracing, keyStore, polling } = stageSettings(stage, file);
  const { seconds, gb, logBytes } = SLEEPING_SWEEP;
  return {
    alarms: ALARMS[alarms.which] * prices.alarmMonth,
    sweep:
      MINUTES_A_MONTH *
      (prices.lambdaRequest +
        seconds * gb * prices.lambdaArmGbSecond +
        prices.dynamoReadUnit +
        (logBytes * prices.logGb) / 1e9),
    polling: polling ? MINUTES_A_MONTH * POLLS_A_MINUTE * prices.sqsRequest : 0,
    key: keyStore === 'secret' ? prices.secretMonth : 0,
    alarmKey: alarms.ownKey ? prices.kmsKeyMonth : 0,
    dashboard: dashboard ? prices.dashboardMonth : 0,
    traces: tracing ? MINUTES_A_MONTH * prices.traceRecorded : 0,
  };
}

/** One invocation may be lucky: calls that take long near its end are what it waits for. */
const INVOCATIONS = 5;

function meanOf(invocations: readonly Invocation[]) {
  const mean = (figure: (each: Invocation) => number) =>
    invocations.reduce((sum, each) => sum + figure(each), 0) / invocations.length;
  return {
    images: mean(({ images }) => images),
    seconds: mean(({ seconds }) => seconds),
    slotUse: mean(({ slotUse }) => slotUse),
    operations: {
      writeUnits: mean(({ operations }) => operations.writeUnits),
      readUnits: mean(({ operations }) => operations.readUnits),
      s3Puts: mean(({ operations }) => operations.s3Puts),
      s3Gets: mean(({ operations }) => operations.s3Gets),
      sqsRequests: mean(({ operations }) => operations.sqsRequests),
    },
  };
}

/** The partition that takes the most of an image in any of them. */
function hottestOf(invocations: readonly Invocation[]): [string, number] {
  const all = invocations.flatMap(({ written, images }) =>
    [...written].map(([partition, units]): [string, number] => [partition, units / images]),
  );
  return all.reduce((hottest, each) => (each[1] > hottest[1] ? each : hottest), ['none', 0]);
}

function line(name: string, parts: Readonly<Record<string, number>>): void {
  const total = Object.values(parts).reduce((sum, part) => sum + part, 0);
  const text = Object.entries(parts).map(([part, dollars]) => `${part} ${dollars.toFixed(4)}`);
  process.stdout.write(`${name}: $${total.toFixed(3)} (${text.join(', ')})\n`);
}

/** Peak of one process that makes 50 images of 20 MB with 50 calls in progress at a time: of a function the calls are the same. */
async function peakOfLargeAnswers(): Promise<number> {
  const bench = BENCHES.find(({ name }) => name === 'batch of 50 × 20 MB');
  if (bench === undefined) throw new Error('bench/gate/benches.ts has no batch of 50 × 20 MB');
  const folder = mkdtempSync(join(tmpdir(), 'pressrun-costs-'));
  const server = await startChat(bench.imageBytes);
  try {
    return (await bench.run('pressrun', { server, folder, readOwn: '' })).peakMb;
  } finally {
    server.stop();
    rmSync(folder, { recursive: true });
  }
}

process.stdout.write(`Prices of ${prices.asOf}, ${prices.region}. ${prices.note}\n\n`);
for (const slots of [16, 24, 50]) {
  const { memoryMib, timeoutMinutes } = stageSettings('dev').generate;
  const run = { slots, timeoutMs: timeoutMinutes * 60_000, callMs: CALL_MS, shortCallMs: SHORT_CALL_MS };
  const invocations: Invocation[] = [];
  for (let nth = 1; nth <= INVOCATIONS; nth += 1) {
    const { next: random } = randomFrom('costs', slots, nth);
    invocations.push(await runInvocation({ ...run, items: slots * 60, random }));
  }
  const mean = meanOf(invocations);
  const each = Object.entries(mean.operations).map(
    ([name, count]) => `${name} ${(count / mean.images).toFixed(2)}`,
  );
  process.stdout.write(
    `${slots} slots: ${mean.images.toFixed(0)} images in ${mean.seconds.toFixed(0)} s, slot use ${mean.slotUse.toFixed(2)}; an image: ${each.join(', ')}\n`,
  );
  line(`  1,000 images, ${memoryMib} MiB`, perThousand(mean, memoryMib));
  const [partition, units] = hottestOf(invocations);
  process.stdout.write(`  hottest partition: ${partition}, ${units.toFixed(2)} write units an image\n`);
}
const ROWS = 1_000;
const taken = await runIngest(ROWS, randomFrom('costs', 'ingest').next);
const ofRows = Object.entries(taken).map(([name, count]) => `${name} ${(count / ROWS).toFixed(2)}`);
process.stdout.write(`reading a file, a row: ${ofRows.join(', ')}\n`);
const { lambda: _, logs: __, ...ofReading } = perThousand({ images: ROWS, seconds: 0, operations: taken }, 0);
line('  1,000 rows, without the function', ofReading);
process.stdout.write('\n');
line('idle month, dev', idleMonth('dev'));
line('idle month, dev at rest (polling: false)', idleMonth('dev', { stages: { dev: { polling: false } } }));
line('idle month, prod', idleMonth('prod'));
const whole = { alarms: 'all', alarmKey: true, dashboard: true, tracing: true, keyStore: 'secret' } as const;
line('idle month, everything on', idleMonth('dev', { stages: { dev: whole } }));
process.stdout.write(
  `\nmemory of 50 calls of 20 MB at a time: ${(await peakOfLargeAnswers()).toFixed(0)} MB at the peak\n`,
);
