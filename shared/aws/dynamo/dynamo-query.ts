import { setImmediate } from 'node:timers/promises';
import type { QueryCommandInput } from '@aws-sdk/client-dynamodb';
import type { TableQuery, TableRow } from '../../pipeline/ports.ts';
import { untilThrottled } from './dynamo-busy.ts';
import type { DynamoTableOptions } from './dynamo-options.ts';
import { type Page, readPage } from './dynamo-page.ts';

/** Rows a page: a megabyte leaves a hundred in garbage before it is collected; shorter pages cost more requests. */
const ROWS_OF_PAGE = 250;

/** Rows in key order. Without a limit, the next page is read meanwhile. */
export async function* queryRows(
  { client, tableName }: QueryOptions,
  query: TableQuery,
): AsyncGenerator<TableRow> {
  const read = (startKey: Page['nextKey']) =>
    untilThrottled(() => readPage(client, pageInput(tableName, query, left, startKey)));
  let left = query.limit ?? Number.POSITIVE_INFINITY;
  let coming = left > 0 ? read(undefined) : undefined;
  while (coming !== undefined) {
    const { rows, nextKey } = await coming;
    left -= rows.length;
    const more = nextKey !== undefined && left > 0;
    coming = more ? read(nextKey) : undefined;
    // A reader that leaves early needs no error.
    coming?.catch(() => undefined);
    // A reader that never waits would delay the request until it has finished this page.
    if (coming !== undefined) await setImmediate();
    yield* rows;
  }
}

type QueryOptions = Pick<DynamoTableOptions, 'client' | 'tableName'>;

function pageInput(
  tableName: string,
  query: TableQuery,
  left: number,
  startKey: Page['nextKey'],
): QueryCommandInput {
  return {
    TableName: tableName,
    ...conditionOf(query),
    ConsistentRead: !query.mayBeOld,
    ScanIndexForward: !query.descending,
    Limit: Math.min(left, ROWS_OF_PAGE),
    ...(startKey && { ExclusiveStartKey: startKey }),
  };
}

function conditionOf(query: TableQuery): KeyCondition & Pick<QueryCommandInput, 'ProjectionExpression'> {
  const condition = keyCondition(query);
  if (query.fields === undefined) return condition;
  const names = Object.fromEntries(query.fields.map((field, nth) => [`#f${nth}`, field]));
  return {
    ...condition,
    ExpressionAttributeNames: { ...condition.ExpressionAttributeNames, '#sk': 'sk', ...names },
    ProjectionExpression: ['#pk', '#sk', ...Object.keys(names)].join(', '),
  };
}

type KeyCondition = Pick<
  QueryCommandInput,
  'KeyConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

function keyCondition({ pk, skPrefix, skBetween }: TableQuery): KeyCondition {
  if (skPrefix && skBetween) throw new Error('a query takes skPrefix or skBetween, not both');
  const bothKeys = { '#pk': 'pk', '#sk': 'sk' };
  if (skBetween) {
    return {
      KeyConditionExpression: '#pk = :pk AND #sk BETWEEN :from AND :to',
      ExpressionAttributeNames: bothKeys,
      ExpressionAttributeValues: {
        ':pk': { S: pk },
        ':from': { S: skBetween[0] },
        ':to': { S: skBetween[1] },
      },
    };
  }
  // DynamoDB refuses an empty prefix.
  if (skPrefix) {
    return {
      KeyConditionExpression: '#pk = :pk AND begins_with(#sk, :prefix)',
      ExpressionAttributeNames: bothKeys,
      ExpressionAttributeValues: { ':pk': { S: pk }, ':prefix': { S: skPrefix } },
    };
  }
  return {
    KeyConditionExpression: '#pk = :pk',
    ExpressionAttributeNames: { '#pk': 'pk' },
    ExpressionAttributeValues: { ':pk': { S: pk } },
  };
}
