import { Duration } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import type { StageSettings } from '../settings.ts';
import { type BundledFunction, createFunction, type FunctionOptions } from './bundled-function.ts';
import { type Grants, grant } from './grants.ts';
import { type KeyPlace, keyStatements } from './provider-key.ts';
import type { Queues } from './queues.ts';
import type { Storage } from './storage.ts';

export type Functions = Readonly<Record<Exclude<FunctionOptions['name'], 'webhook'>, BundledFunction>>;

interface Parts {
  readonly settings: StageSettings;
  readonly storage: Storage;
  readonly queues: Queues;
  readonly key: KeyPlace;
}

const READ_WRITE = ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'] as const;

/** The five functions, what feeds two of them, and what each may do. */
export function createFunctions(parent: Construct, parts: Parts): Functions {
  const scope = new Construct(parent, 'Functions');
  return {
    ingest: createIngest(scope, parts),
    generate: createGenerate(scope, parts),
    schedule: createSchedule(scope, parts),
    report: createReport(scope, parts),
    sweep: createSweep(scope, parts),
  };
}

function createIngest(scope: Construct, parts: Parts): BundledFunction {
  const { settings } = parts;
  const { work, ingest, ingestTimeout } = parts.queues;
  const made = make(scope, parts, {
    name: 'ingest',
    description: 'reads uploaded files of prompts into items and messages',
    memoryMib: 1_024,
    timeout: ingestTimeout,
    feedsItself: true,
    environment: {
      ...addressesOf(parts.queues),
      PRESSRUN_REFERENCE_HOSTS: settings.referenceHosts.join(','),
      PRESSRUN_REFERENCE_PREFIXES: settings.referencePrefixes.join(','),
    },
    grants: {
      table: READ_WRITE,
      reads: ['uploads/', 'images/', 'references/', 'batches/', ...settings.referencePrefixes],
      writes: ['batches/', 'references/'],
      sends: [work, ingest],
      delays: [ingest],
      putsEvents: true,
    },
  });
  made.fn.addEventSource(
    new SqsEventSource(ingest, {
      enabled: settings.polling,
      batchSize: 1,
      maxConcurrency: 2,
      reportBatchItemFailures: true,
    }),
  );
  return made;
}

function createGenerate(scope: Construct, parts: Parts): BundledFunction {
  const { settings, key, queues } = parts;
  const { itemsAtOnce, invocationsAtOnce, memoryMib, maxAnswerMib, limits } = settings.generate;
  const made = make(scope, parts, {
    name: 'generate',
    description: 'calls the provider, stores the images, books the charges',
    memoryMib,
    timeout: queues.generateTimeout,
    feedsItself: true,
    environment: {
      ...addressesOf(queues),
      PRESSRUN_KEY_SECRET: key,
      PRESSRUN_ITEMS_AT_ONCE: String(itemsAtOnce),
      PRESSRUN_MAX_ANSWER_MIB: String(maxAnswerMib),
      PRESSRUN_UNKNOWN: settings.unknownOutcomes,
      ...(limits === undefined ? {} : { PRESSRUN_LIMITS: JSON.stringify(limits) }),
    },
    grants: {
      table: [...READ_WRITE, 'ConditionCheckItem'],
      reads: ['images/', 'references/', 'batches/'],
      writes: ['images/', 'quarantine/', 'batches/'],
      sends: [queues.work],
      delays: [queues.work],
      putsEvents: true,
    },
  });
  for (const statement of keyStatements(made.role, key, settings)) made.role.addToPolicy(statement);
  made.fn.addEventSource(
    new SqsEventSource(queues.work, {
      enabled: settings.polling,
      // One a slot: the invocation itself takes more as slots get free, so that no message waits for one while others have some.
      batchSize: itemsAtOnce,
      maxBatchingWindow: Duration.seconds(1),
      maxConcurrency: invocationsAtOnce,
      reportBatchItemFailures: true,
    }),
  );
  return made;
}

function createSweep(scope: Construct, parts: Parts): BundledFunction {
  const { settings } = parts;
  const { queues } = parts;
  return make(scope, parts, {
    name: 'sweep',
    description: 'every minute: puts right what crashes left behind',
    memoryMib: 1_024,
    timeout: Duration.minutes(5),
    environment: { ...addressesOf(queues), PRESSRUN_UNKNOWN: settings.unknownOutcomes },
    grants: {
      table: READ_WRITE,
      reads: ['images/', 'uploads/', 'batches/'],
      writes: ['batches/'],
      sends: [queues.work],
      putsEvents: true,
    },
  });
}

/** A function that has them asks nobody for them when it starts. */
function addressesOf({ work, ingest }: Queues) {
  return { PRESSRUN_WORK_QUEUE_URL: work.queueUrl, PRESSRUN_INGEST_QUEUE_URL: ingest.queueUrl };
}

function createSchedule(scope: Construct, parts: Parts): BundledFunction {
  return make(scope, parts, {
    name: 'schedule',
    description: "submits a schedule's file as a batch",
    memoryMib: 512,
    timeout: Duration.minutes(2),
    grants: {
      table: ['GetItem', 'Query', 'PutItem', 'UpdateItem'],
      reads: ['schedules/', 'uploads/'],
      writes: ['uploads/'],
      putsEvents: true,
    },
  });
}

function createReport(scope: Construct, parts: Parts): BundledFunction {
  return make(scope, parts, {
    name: 'report',
    description: 'answers questions about costs, and writes the daily report',
    memoryMib: 1_024,
    timeout: Duration.minutes(2),
    grants: { table: ['GetItem', 'Query'], reads: ['reports/daily/'], writes: ['reports/'] },
  });
}

type Own = Pick<FunctionOptions, 'name' | 'description' | 'memoryMib' | 'timeout' | 'feedsItself'> & {
  readonly environment?: Readonly<Record<string, string>>;
  readonly grants: Grants;
};

function make(scope: Construct, parts: Parts, { grants, environment, ...own }: Own): BundledFunction {
  const { settings, storage, queues } = parts;
  const made = createFunction(scope, {
    ...own,
    settings,
    deadEvents: queues.dead.events,
    environment: {
      PRESSRUN_TABLE: storage.table.tableName,
      PRESSRUN_BUCKET: storage.bucket.bucketName,
      ...environment,
    },
  });
  grant(made.role, storage, grants);
  return made;
}
