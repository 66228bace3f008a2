import { describe, expect, test } from 'vitest';
import { MessageStays, putBack } from '../../functions/put-back.ts';
import type { OutgoingMessage, Queue } from '../../shared/pipeline/ports.ts';
import { sqsRecord } from '../support/sqs-event.ts';

describe('a message that has to wait', () => {
  test('stays in the queue, hidden for as long', async () => {
    const { queue, hidden, sent } = fakeQueue();
    const record = sqsRecord('{}');

    await expect(putBack(queue, record, 4_200)).rejects.toThrow(MessageStays);

    expect(hidden).toEqual([{ receipts: [record.receiptHandle], seconds: 5 }]);
    expect(sent).toEqual([]);
  });

  test('is hidden no longer than a queue allows, and not at all after its wait', async () => {
    const { queue, hidden } = fakeQueue();

    await expect(putBack(queue, sqsRecord('{}'), 40 * 86_400_000)).rejects.toThrow(MessageStays);
    await expect(putBack(queue, sqsRecord('{}'), 0)).rejects.toThrow(MessageStays);

    expect(hidden.map(({ seconds }) => seconds)).toEqual([43_200, 0]);
  });

  test('that has waited often is replaced by a fresh copy, long before it would be taken for a deadly one', async () => {
    const { queue, hidden, sent } = fakeQueue();

    await putBack(queue, sqsRecord('{"row":1}', 8), 2_500);
    await putBack(queue, sqsRecord('{"row":2}', 9), 86_400_000);

    expect(sent).toEqual([
      { body: '{"row":1}', delaySeconds: 3 },
      { body: '{"row":2}', delaySeconds: 900 },
    ]);
    expect(hidden).toEqual([]);
  });

  test('keeps its place among the batches that share a fair queue', async () => {
    const { queue, sent } = fakeQueue();
    const record = sqsRecord('{}', 8);

    await putBack(queue, { ...record, attributes: { ...record.attributes, MessageGroupId: 'foxes' } }, 0);

    expect(sent).toEqual([{ body: '{}', delaySeconds: 0, group: 'foxes' }]);
  });
});

function fakeQueue() {
  const hidden: { receipts: readonly string[]; seconds: number }[] = [];
  const sent: OutgoingMessage[] = [];
  const queue: Queue = {
    receive: async () => [],
    delete: async () => undefined,
    send: async (messages: readonly OutgoingMessage[]) => void sent.push(...messages),
    setVisibility: async (receipts: readonly string[], seconds: number) =>
      void hidden.push({ receipts, seconds }),
  };
  return { queue, hidden, sent };
}
