import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { createBucket, createStageQueues, createTable } from '../../shared/aws/create-resources.ts';
import { stageNames } from '../../shared/names.ts';
import { useEmulators } from '../support/emulators.ts';

const emulators = useEmulators();

describe('creating a stage’s resources', () => {
  test('twice changes nothing, and loses nothing', async () => {
    const clients = await emulators.clients();
    const names = stageNames('lab');
    const create = async () => {
      await createTable(clients, names.table);
      await createBucket(clients, names.bucket);
      return createStageQueues(clients, names);
    };

    const first = await create();
    const second = await create();

    expect(second).toEqual(first);
    expect(first.work.arn).toMatch(/:pressrun-lab-work$/);
    const received = await clients.sqs.send(new ReceiveMessageCommand({ QueueUrl: first.work.url }));
    expect(received.Messages).toBeUndefined();
  });
});

describe('a stage’s name', () => {
  test.each(['local', 'prod', 'eu-1', 'a', 'x'.repeat(40)])('%s gives names that AWS takes', (stage) => {
    const names = stageNames(stage);

    expect(names.workDeadQueue).toBe(`pressrun-${stage}-work-dead`);
    expect(names.bucket.length).toBeLessThanOrEqual(63);
  });

  test.each(['', 'Prod', 'a_b', '-a', 'a-', '../x', 'a.b', 'x'.repeat(41)])('%j is refused', (stage) => {
    expect(() => stageNames(stage)).toThrow('cannot be used');
  });
});
