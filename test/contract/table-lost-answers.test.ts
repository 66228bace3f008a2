import { createServer, type RequestListener } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createClients } from '../../shared/aws/clients.ts';
import { createTable } from '../../shared/aws/create-resources.ts';
import { dynamoTable } from '../../shared/aws/dynamo/dynamo-table.ts';
import type { Table } from '../../shared/pipeline/ports.ts';
import { noWait, useEmulators } from '../support/emulators.ts';

const emulators = useEmulators();
const key = { pk: 'P', sk: 'S' };

describe('a write whose answer was lost on its way, and that the SDK sends again', () => {
  test('is reported as written, even if its condition no longer holds', async () => {
    const { table, lost } = await tableBehindLossyLine();

    const result = await table.write([
      { kind: 'put', row: { ...key, owner: 'me' }, onlyIf: { kind: 'absent' } },
    ]);

    expect(lost()).toBe(1);
    expect(result).toEqual({ kind: 'written' });
    expect(await table.get(key)).toEqual({ ...key, owner: 'me' });
  });

  test('is reported as written if it may arrive twice, without a transaction', async () => {
    const { table, lost } = await tableBehindLossyLine();

    const result = await table.write([
      {
        kind: 'update',
        key,
        set: { owner: 'me' },
        onlyIf: { kind: 'any', of: [{ kind: 'absent' }, { kind: 'equals', field: 'owner', value: 'me' }] },
        mayRepeat: true,
      },
    ]);

    expect(lost()).toBe(1);
    expect(result).toEqual({ kind: 'written' });
  });

  test('adds its numbers once', async () => {
    const { table, lost } = await tableBehindLossyLine();

    await table.write([{ kind: 'update', key, add: { creditsMicro: 67_200_000 } }]);

    expect(lost()).toBe(1);
    expect(await table.get(key)).toMatchObject({ creditsMicro: 67_200_000 });
  });

  test('of several rows happens once', async () => {
    const { table, lost } = await tableBehindLossyLine();

    const result = await table.write([
      { kind: 'put', row: { pk: 'CHARGE', sk: '1' }, onlyIf: { kind: 'absent' } },
      { kind: 'update', key, add: { charges: 1 } },
    ]);

    expect(lost()).toBe(1);
    expect(result).toEqual({ kind: 'written' });
    expect(await table.get(key)).toMatchObject({ charges: 1 });
  });
});

/** A table that is reached through a server which carries every write out, but hangs up before answering the first. */
async function tableBehindLossyLine(): Promise<{ table: Table; lost: () => number }> {
  const target = await emulators.dynamoEndpoint();
  let lost = 0;
  const line = await listen((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', async () => {
      const operation = String(request.headers['x-amz-target']);
      const answer = await fetch(target, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': operation,
          'x-amz-date': String(request.headers['x-amz-date']),
          authorization: String(request.headers.authorization),
        },
        body: Buffer.concat(chunks),
      });
      if (lost === 0 && /TransactWriteItems|PutItem|UpdateItem/.test(operation)) {
        lost += 1;
        request.socket.destroy();
        return;
      }
      response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(Buffer.from(await answer.arrayBuffer()));
    });
  });
  const clients = createClients({ customEndpoint: true, endpoints: { dynamodb: line } });
  onTestFinished(clients.close);
  const tableName = `lossy-${crypto.randomUUID()}`;
  await createTable(clients, tableName);
  return { table: dynamoTable({ client: clients.dynamo, tableName, backoff: noWait }), lost: () => lost };
}

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}
