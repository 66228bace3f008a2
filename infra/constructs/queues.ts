import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { StageNames } from '../../shared/names.ts';
import type { StageSettings } from '../settings.ts';

export interface Queues {
  readonly ingest: Queue;
  readonly work: Queue;
  readonly dead: DeadQueues;
  readonly ingestTimeout: Duration;
  readonly generateTimeout: Duration;
}

interface DeadQueues {
  readonly ingest: Queue;
  readonly work: Queue;
  /** Events, ticks and alarm mails that could not be delivered, and what a function failed at that no queue feeds. */
  readonly events: Queue;
}

const INGEST_TIMEOUT = Duration.minutes(5);
/** AWS's own advice, so that a throttled function's messages do not come twice. */
const VISIBILITY_PER_TIMEOUT = 6;
/** A file that fails 9 times is refused (functions/ingest), so 12 mean that not even that could be written. */
const INGEST_RECEIVES = 12;
/** Messages that wait are replaced after 8 receives (functions/put-back.ts), so 10 mean that a message crashes. */
const WORK_RECEIVES = 10;

/** The two queues and their dead letters; visibility and receives follow from the functions' timeouts. */
export function createQueues(parent: Construct, names: StageNames, settings: StageSettings): Queues {
  const scope = new Construct(parent, 'Queues');
  const generateTimeout = Duration.minutes(settings.generate.timeoutMinutes);
  const dead = createDeadQueues(scope, names);
  const ingestVisibility = visibilityFor(INGEST_TIMEOUT);
  return {
    ingestTimeout: INGEST_TIMEOUT,
    generateTimeout,
    dead,
    ingest: createQueue(scope, 'Ingest', {
      queueName: names.ingestQueue,
      visibilityTimeout: ingestVisibility,
      deadLetterQueue: {
        queue: dead.ingest,
        maxReceiveCount: INGEST_RECEIVES,
      },
    }),
    work: createQueue(scope, 'Work', {
      queueName: names.workQueue,
      visibilityTimeout: visibilityFor(generateTimeout),
      deadLetterQueue: { queue: dead.work, maxReceiveCount: WORK_RECEIVES },
    }),
  };
}

function createDeadQueues(parent: Construct, names: StageNames): DeadQueues {
  const scope = new Construct(parent, 'Dead');
  return {
    ingest: createQueue(scope, 'Ingest', { queueName: names.ingestDeadQueue }),
    work: createQueue(scope, 'Work', { queueName: names.workDeadQueue }),
    events: createQueue(scope, 'Events', {}),
  };
}

/** Two weeks, the longest there is, everywhere: a batch may stand paused for that long. */
function createQueue(scope: Construct, id: string, props: QueueProps): Queue {
  return new Queue(scope, id, {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
    ...props,
  });
}

function visibilityFor(timeout: Duration): Duration {
  return Duration.seconds(VISIBILITY_PER_TIMEOUT * timeout.toSeconds());
}
