/**
 * `npm run test:moto`: moto's CloudFormation takes the resources of the template that it knows, and the bundles of the functions run
 * against what it made: upload → images → manifest → report → schedule. Without moto it says how to get it, and ends well.
 * One call at a time: moto loses additions that come at once (docs/deploy.md), so that a roll-up may be short there.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { bundleFunctions, type FunctionName } from '../../infra/bundling/bundle-functions.ts';
import { startSimulator } from '../../local/simulator/server.ts';
import { createClients } from '../../shared/aws/clients.ts';
import { dynamoTable } from '../../shared/aws/dynamo/dynamo-table.ts';
import { writeKey } from '../../shared/aws/secret.ts';
import { keyParameter, PARAMETER_PREFIX, stageNames } from '../../shared/names.ts';
import { uploadMessageOf } from '../../shared/pipeline/messages.ts';
import { scheduleToRow } from '../../shared/pipeline/rows/schedule-row.ts';
import { bundleIn, invoke, resultOf } from '../infra/support/bundles.ts';
import { refersTo, templateOf } from '../infra/support/stack.ts';
import { noWait } from '../support/emulators.ts';
import { weekly } from '../support/schedules.ts';
import { sqsEvent } from '../support/sqs-event.ts';
import { createStack, startMoto } from './moto-server.ts';

const NO_FAILURES = { batchItemFailures: [] };
const KEY = 'cdt_in-moto';
const PLACE = `${PARAMETER_PREFIX}${keyParameter('dev')}`;
/** What moto makes and the functions use. The rest of the template is for AWS alone. */
const KNOWN = new Set(['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::SQS::Queue', 'AWS::SNS::Topic']);

const moto = await startMoto();
if (moto === undefined) {
  console.log('left out: moto_server is not installed (pip install "moto[server]==5.2.1")');
} else {
  const folder = await mkdtemp(join(tmpdir(), 'pressrun-moto-'));
  const simulator = await startSimulator({ latency: 'none', pictures: 'plain', key: KEY });
  try {
    await walk(moto.url, simulator.url, folder);
  } finally {
    await simulator.close();
    moto.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function walk(aws: string, provider: string, folder: string): Promise<void> {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: aws,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  const { table, bucket, made, all } = await makeResources(aws);
  console.log(`moto made ${made} of the template's ${all} resources`);
  await writeKey(PLACE, KEY);
  await bundleFunctions(folder);

  const clients = createClients({ customEndpoint: true, region: 'us-east-1' });
  const put = async (key: string, body: string) =>
    await clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  const read = async (key: string) => {
    const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return (await Body?.transformToString()) ?? '';
  };
  const run = async (name: FunctionName, payload: unknown): Promise<unknown> =>
    resultOf(
      await invoke(bundleIn(folder, name), payload, {
        AWS_ENDPOINT_URL: aws,
        PRESSRUN_STAGE: 'dev',
        PRESSRUN_TABLE: table,
        PRESSRUN_BUCKET: bucket,
        PRESSRUN_KEY_SECRET: PLACE,
        PRESSRUN_PROVIDER_URL: provider,
        TEST_REMAINING_MS: '480000',
      }),
    );

  await put('uploads/foxes.csv', 'prompt\na fox\na red fox\n');
  assert.deepEqual(
    await run('ingest', sqsEvent([uploadMessageOf({ key: 'uploads/foxes.csv' }).body])),
    NO_FAILURES,
  );
  const QueueUrl = `${aws}/123456789012/${stageNames('dev').workQueue}`;
  const { Messages = [] } = await clients.sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
  );
  assert.equal(Messages.length, 2);
  assert.deepEqual(await run('generate', sqsEvent(Messages.map(({ Body = '' }) => Body))), NO_FAILURES);
  const { batch } = JSON.parse(Messages[0]?.Body ?? '{}');
  assert.match(await read(`batches/${batch}/manifest.csv`), /a red fox/);
  console.log('upload → images → manifest');

  await run('sweep', {});
  const today = new Date().toISOString().slice(0, 10);
  const reported = await run('report', { from: today, to: today, by: ['outcome'], format: 'json' });
  assert.equal((reported as { report: { total: { images: number } } }).report.total.images, 2);
  console.log('sweep and report');

  const ledger = dynamoTable({ client: clients.dynamo, tableName: table, backoff: noWait });
  await put('schedules/weekly.csv', 'prompt\na hare\n');
  const clock = { now: () => Date.parse('2026-11-21T12:00:00Z') };
  const schedule = weekly({ clock }, { name: 'weekly', sourceKey: 'schedules/weekly.csv' });
  await ledger.write([{ kind: 'put', row: scheduleToRow(schedule) }]);
  const tick = await run('schedule', { schedule: 'weekly', plannedAt: '2026-11-23T07:00:00Z' });
  assert.equal((tick as { kind: string }).kind, 'submitted');
  console.log('schedule: all five functions ran against moto');
  clients.close();
}

async function makeResources(aws: string) {
  const template = templateOf('dev');
  const known = [...template.resources].filter(([, { Type }]) => KNOWN.has(Type));
  const made = await createStack(aws, {
    Resources: Object.fromEntries(known.map(([id, each]) => [id, bare(each, known)])),
  });
  const nameOf = (type: string) => {
    const [id = ''] = known.find(([, { Type }]) => Type === type) ?? [];
    return made.get(id) ?? '';
  };
  const [table, bucket] = [nameOf('AWS::DynamoDB::Table'), nameOf('AWS::S3::Bucket')];
  return { table, bucket, made: made.size, all: template.resources.size };
}

type Known = readonly (readonly [
  id: string,
  resource: { readonly Type: string; readonly Properties: object },
])[];

/** A resource without what is only for AWS, and without references to what moto does not make. */
function bare({ Type, Properties }: Known[number][1], known: Known): object {
  const isMade = (value: unknown) =>
    !/"(Ref|Fn::GetAtt)"/.test(JSON.stringify(value)) || known.some(([id]) => refersTo(value, id));
  return {
    Type,
    Properties: Object.fromEntries(Object.entries(Properties).filter(([, value]) => isMade(value))),
  };
}
