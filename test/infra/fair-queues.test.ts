import { expect, test } from 'vitest';
import { createClients } from '../../shared/aws/clients.ts';
import { sqsQueue } from '../../shared/aws/sqs/sqs-queue.ts';
import { parseBatchId } from '../../shared/domain/ids.ts';
import { workMessageOf } from '../../shared/pipeline/batch/messages.ts';
import { noWait, useEmulators } from '../support/emulators.ts';
import { startGateway } from './support/gateway.ts';

const emulators = useEmulators();

test('messages name their batch as their group, so that a small batch does not wait behind a large one', async () => {
  const { url: queueUrl } = await emulators.freshQueue();
  const { origin } = new URL(queueUrl);
  const gateway = await startGateway({ dynamodb: origin, fauxqs: origin, secret: { value: undefined } });
  const clients = createClients({ customEndpoint: true, endpoints: { sqs: gateway.url } });
  const queue = sqsQueue({ client: clients.sqs, queueUrl, fairQueues: true, backoff: noWait });
  const batches = ['large-0a1b2c3d4e', 'small-5f6a7b8c9d'].map((id) => parseBatchId(id) ?? expect.fail(id));

  await queue
    .send(batches.map((batch) => workMessageOf({ batch, row: 1, variant: 1 })))
    .catch(() => undefined);

  clients.close();
  await gateway.stop();
  const sent: { MessageGroupId?: string }[] = JSON.parse(gateway.calls[0]?.body ?? '{}').Entries;
  expect(sent.map(({ MessageGroupId }) => MessageGroupId)).toEqual(batches);
});
