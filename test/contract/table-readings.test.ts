import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { createClients } from '../../shared/aws/clients.ts';
import { dynamoTable } from '../../shared/aws/dynamo/dynamo-table.ts';
import { collect } from '../support/collect.ts';
import { noWait } from '../support/emulators.ts';

test('DynamoDB is asked for what stands there now, unless a reading may be old', async () => {
  const { table, asked } = await tableThatNotes();

  await table.get({ pk: 'A', sk: '1' });
  await table.get({ pk: 'A', sk: '1' }, { mayBeOld: true });
  await collect(table.query({ pk: 'A' }));
  await collect(table.query({ pk: 'A', mayBeOld: true }));

  expect(asked).toEqual([true, false, true, false]);
});

/** A table over a server that has nothing, and notes whether it was asked for a consistent reading. */
async function tableThatNotes() {
  const asked: boolean[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    asked.push(JSON.parse(Buffer.concat(chunks).toString()).ConsistentRead);
    response.setHeader('content-type', 'application/x-amz-json-1.0').end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const dynamodb = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const clients = createClients({ customEndpoint: true, endpoints: { dynamodb } });
  onTestFinished(() => {
    clients.close();
    server.close();
  });
  return { table: dynamoTable({ client: clients.dynamo, tableName: 'any', backoff: noWait }), asked };
}
