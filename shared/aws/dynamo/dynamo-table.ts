import { randomUUID } from 'node:crypto';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Reading, Table, TableKey, TableRow, TableWrite, WriteResult } from '../../pipeline/ports.ts';
import { untilThrottled } from './dynamo-busy.ts';
import { type WriteRequest, writeRequest } from './dynamo-expressions.ts';
import type { DynamoTableOptions } from './dynamo-options.ts';
import { queryRows } from './dynamo-query.ts';
import { sendPlain, transact } from './dynamo-transaction.ts';

/** DynamoDB's limit on a transaction (`TransactWriteItems`, 2022: 100 actions). */
const mostWrites = 100;

/** `Table` on DynamoDB. Throws `TableBusyError` if throttled or in conflict too often; others are the SDK's own errors. */
export function dynamoTable(options: DynamoTableOptions): Table {
  return {
    get: (key, reading) => getRow(options, key, reading),
    query: (query) => queryRows(options, query),
    write: (writes) => writeRows(options, writes),
  };
}

async function getRow(
  options: DynamoTableOptions,
  key: TableKey,
  { mayBeOld }: Reading = {},
): Promise<TableRow | undefined> {
  const { client, tableName } = options;
  const bareKey = { pk: key.pk, sk: key.sk };
  const command = new GetCommand({ TableName: tableName, Key: bareKey, ConsistentRead: !mayBeOld });
  const { Item } = await untilThrottled(() => client.send(command));
  // Written through this port, so it is a row.
  return Item as TableRow | undefined;
}

async function writeRows(options: DynamoTableOptions, writes: readonly TableWrite[]): Promise<WriteResult> {
  if (writes.length > mostWrites) {
    throw new Error(`a table write has ${writes.length} parts, ${mostWrites} at most are possible: split it`);
  }
  const requests = writes.map((write) => writeRequest(options.tableName, write));
  const [only] = requests;
  if (only === undefined) return { kind: 'written' };
  if (writes.length > 1 || !writes.every(mayBeSentTwice)) {
    return transact(options, requests, randomUUID());
  }
  return await untilThrottled(() => sendPlain(options, () => sendAlone(options.client, only)));
}

/**
 * The SDK resends if a response is lost: a condition would then fail on its own write, and numbers be added twice. So such
 * a write goes as a transaction of one, whose token makes resending harmless, for twice the write units.
 */
function mayBeSentTwice(write: TableWrite): boolean {
  if (write.kind === 'update' && write.mayRepeat) return true;
  if (write.onlyIf) return false;
  return write.kind !== 'update' || Object.keys(write.add ?? {}).length === 0;
}

async function sendAlone(client: DynamoDBDocumentClient, write: WriteRequest): Promise<void> {
  switch (write.kind) {
    case 'put':
      await client.send(new PutCommand(write.request));
      return;
    case 'update':
      await client.send(new UpdateCommand(write.request));
      return;
    case 'delete':
      await client.send(new DeleteCommand(write.request));
      return;
    case 'check':
      throw new Error('a check has a condition and goes as a transaction');
  }
}
