import { GetQueueUrlCommand, QueueDoesNotExist, type SQSClient } from '@aws-sdk/client-sqs';
import { QueueError } from '../errors.ts';

/** Throws `QueueError` if there is no such queue. */
export async function queueUrlOf(sqs: SQSClient, name: string): Promise<string> {
  try {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
    if (QueueUrl !== undefined) return QueueUrl;
  } catch (error) {
    if (!(error instanceof QueueDoesNotExist)) throw error;
  }
  throw new QueueError(`there is no queue named ${name}: deploy the stage, or make it with --create`);
}
