import { createLateClients, type LateClients } from '../../../shared/aws/late-clients.ts';
import { besideQueue, queueDepth } from '../../../shared/aws/sqs/queue-depth.ts';
import { queueUrlOf } from '../../../shared/aws/sqs/queue-url.ts';
import type { StageRecord } from '../../../shared/aws/stage-parameter.ts';
import { systemClock } from '../../../shared/aws/system-clock.ts';
import type { Effects } from '../../../shared/pipeline/effects.ts';
import { readOpenWork } from '../../../shared/pipeline/life/stalled.ts';
import { BATCH_LIST } from '../../../shared/pipeline/rows/batch-row.ts';
import { type Config, ENVIRONMENT } from '../../../shared/runtime/config.ts';
import { findStage } from '../../../shared/runtime/find-stage.ts';
import { createStores } from '../../../shared/runtime/stores.ts';
import { version } from '../../../shared/version.ts';
import { durationText } from '../../text/figures.ts';
import { oneLine } from '../../text/one-line.ts';
import { type Finding, finding } from './finding.ts';

/** AWS refuses requests five minutes off its time; SQS's delays and leases suffer sooner. */
const MOST_SKEW_MS = 30_000;
const TIMEOUT_MS = 10_000;
/** No row has this key. */
const NO_ROW = { pk: 'DOCTOR', sk: 'DOCTOR' };

type Stage = Pick<Effects, 'table' | 'store' | 'clock'> & Pick<LateClients, 'sqs'>;

/** Checks each part of a deployed stage by itself, and changes nothing. */
export async function deployedFindings(config: Config): Promise<Finding[]> {
  const clients = createLateClients(config);
  const clock = systemClock();
  try {
    const record = await findStage(config);
    const stage = { ...createStores(config, clients, clock), clock, sqs: clients.sqs };
    return [
      await finding(
        'region',
        async () => `stage ${config.stage} is deployed in ${await clients.sqs.config.region()}`,
      ),
      versionFinding(record, version()),
      ...(await findingsOf(stage, config.names, record, awsAddress(config))),
    ];
  } finally {
    clients.close();
  }
}

/** The same for an open stage. */
export async function findingsOf(
  stage: Stage,
  names: Config['names'],
  record: Pick<StageRecord, 'scheduleDeadQueue' | 'polling'> | undefined,
  address: string,
): Promise<Finding[]> {
  // Concurrently, because a silent service takes long.
  return await Promise.all([
    finding('table', () => readTable(stage, names.table)),
    finding('rights', () => tryToChange(stage)),
    finding('queues', () => countMessages(stage, names, record)),
    finding('bucket', () => readBucket(stage, names.bucket)),
    finding('clock', () => compareClocks(address, stage.clock.now)),
  ]);
}

/** CloudFormation deploys the record with the functions, or neither. */
export function versionFinding(record: Pick<StageRecord, 'version'> | undefined, here: string): Finding {
  const there = record?.version;
  if (there === here) return { check: 'version', ok: true, detail: `functions and command are ${here}` };
  const detail = `the functions are of pressrun ${there ?? 'before 0.2.0'}, this command is ${here}: deploy again, or install that version`;
  return { check: 'version', ok: false, detail };
}

/** An older command refuses a newer row, and names its version. */
async function readTable({ table, clock }: Stage, name: string): Promise<string> {
  let rows = 'no batch yet';
  for await (const { v } of table.query({ pk: BATCH_LIST, descending: true, limit: 1 })) {
    rows = `its newest batch can be read by pressrun ${typeof v === 'string' ? v : '0.1'} and later`;
  }
  const { batches, oldestMs } = await readOpenWork({ table, clock });
  const open = batches === 0 ? '' : `; ${batches} open, one without progress for ${durationText(oldestMs)}`;
  return `${name}: ${rows}${open}`;
}

/** Changing a missing row is refused for that, or first for lack of permission. */
async function tryToChange({ table }: Stage): Promise<string> {
  try {
    const set = { seen: 1 };
    await table.write([{ kind: 'update', key: NO_ROW, set, onlyIf: { kind: 'present' } }]);
    return 'you may read and change the table (storing and sending are not tried)';
  } catch (error) {
    if (!isDenied(error)) throw error;
    return 'you may read the table, not change it: enough for status and cost; OperatorPolicy allows the rest';
  }
}

function isDenied(error: unknown): boolean {
  return error instanceof Error && /AccessDenied/.test(error.name);
}

async function countMessages(
  { sqs }: Stage,
  names: Config['names'],
  { scheduleDeadQueue: eventsArn, polling = true }: Pick<StageRecord, 'scheduleDeadQueue' | 'polling'> = {},
): Promise<string> {
  const [work, ingest] = await Promise.all([
    queueUrlOf(sqs, names.workQueue),
    queueUrlOf(sqs, names.ingestQueue),
  ]);
  const [ofWork, ofIngest] = await Promise.all([queueDepth(sqs, work), queueDepth(sqs, ingest)]);
  const dead = await Promise.all(
    Object.entries({
      work: names.workDeadQueue,
      ingest: names.ingestDeadQueue,
      ...(eventsArn === undefined ? {} : { events: eventsArn.slice(eventsArn.lastIndexOf(':') + 1) }),
    }).map(async ([of, name]) => ({ of, count: (await queueDepth(sqs, besideQueue(work, name))).waiting })),
  );
  const letters = dead.filter(({ count }) => count > 0);
  if (letters.length > 0) {
    const each = letters.map(({ of, count }) => `${count} of ${of}`).join(', ');
    throw new Error(`dead letters: ${each}; docs/runbook.md, "Dead letters", says what to do`);
  }
  const unread = polling ? '' : '; the stage rests (polling is false): only a pressrun worker reads them';
  return `${ofWork.waiting} items wait, ${ofWork.inProgress} are in progress, ${ofIngest.waiting} uploads wait; no dead letters${unread}`;
}

async function readBucket({ store }: Stage, bucket: string): Promise<string> {
  try {
    for await (const _ of store.list('uploads/')) break;
    return `${bucket} can be read`;
  } catch (error) {
    throw new Error(`${bucket} cannot be read: ${oneLine(error)}`, { cause: error });
  }
}

/** By the `Date` of any response, which needs no permission. */
async function compareClocks(address: string, now: () => number): Promise<string> {
  const { headers } = await fetch(address, { method: 'HEAD', signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
    (error: unknown) => {
      throw new Error(`${address} does not answer: ${oneLine(error)}`, { cause: error });
    },
  );
  const skewMs = now() - Date.parse(headers.get('date') ?? '');
  if (Number.isNaN(skewMs)) return `${address} tells no time to compare with`;
  if (Math.abs(skewMs) <= MOST_SKEW_MS) return 'agrees with that of AWS';
  const seconds = Math.round(Math.abs(skewMs) / 1_000);
  throw new Error(`${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} AWS: set this machine's clock by NTP`);
}

/** Responds without permissions. */
function awsAddress({ region = 'us-east-1' }: Config): string {
  return ENVIRONMENT.AWS_ENDPOINT_URL || `https://dynamodb.${region}.amazonaws.com/`;
}
