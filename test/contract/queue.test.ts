import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { useEmulators } from '../support/emulators.ts';
import { queueSuite } from './queue.suite.ts';

const emulators = useEmulators();

queueSuite('SQS', async () => {
  const { sqs } = await emulators.clients();
  const { queue, url } = await emulators.freshQueue({ VisibilityTimeout: '600' });
  return {
    queue,
    receive: async () => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }),
      );
      return Messages.map(({ Body = '', ReceiptHandle = '' }) => ({ body: Body, receipt: ReceiptHandle }));
    },
    remove: async (receipt) => {
      await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: receipt }));
    },
  };
});
