/** The addresses of a stage's queues, where its stack names them: then a cold start need not look them up. */
export interface QueueUrls {
  readonly workQueueUrl?: string;
  readonly ingestQueueUrl?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

export function queueUrlsIn(env: Environment): QueueUrls {
  const { PRESSRUN_WORK_QUEUE_URL: work, PRESSRUN_INGEST_QUEUE_URL: ingest } = env;
  return { ...(work && { workQueueUrl: work }), ...(ingest && { ingestQueueUrl: ingest }) };
}
