import type { QueryCommandInput, QueryCommandOutput } from '@aws-sdk/lib-dynamodb';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { TableQuery, TableRow } from '../pipeline/ports.ts';
import type { DynamoTableOptions } from './dynamo-table.ts';

/**
 * Rows that one page holds at most: a page of a megabyte would leave a hundred in garbage before it is collected.
 */
const ROWS_OF_PAGE = 500;

/** Rows in key order, page after page. Whoever asks without a limit wants all: the next page is under way meanwhile. */
export async function* queryRows(options: QueryOptions, query: TableQuery): AsyncGenerator<TableRow> {
  let left = query.limit ?? Number.POSITIVE_INFINITY;
  let coming = left > 0 ? readPage(options, query, left, undefined) : undefined;
  while (coming !== undefined) {
    const { Items = [], LastEvaluatedKey } = await coming;
    left -= Items.length;
    const more = LastEvaluatedKey !== undefined && left > 0;
    coming = more ? readPage(options, query, left, LastEvaluatedKey) : undefined;
    // A reader that leaves early does not want to know.
    coming?.catch(() => undefined);
    // What stands in the table was written through this port, so it is a row.
    for (const row of Items) yield row as TableRow;
  }
}

type QueryOptions = Pick<DynamoTableOptions, 'client' | 'tableName'>;

async function readPage(
  { client, tableName }: QueryOptions,
  query: TableQuery,
  left: number,
  startKey: Record<string, unknown> | undefined,
): Promise<QueryCommandOutput> {
  return await client.send(
    new QueryCommand({
      TableName: tableName,
      ...keyCondition(query),
      ConsistentRead: true,
      ScanIndexForward: !query.descending,
      Limit: Math.min(left, ROWS_OF_PAGE),
      ...(startKey && { ExclusiveStartKey: startKey }),
    }),
  );
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
      ExpressionAttributeValues: { ':pk': pk, ':from': skBetween[0], ':to': skBetween[1] },
    };
  }
  // DynamoDB refuses an empty prefix, which means all rows.
  if (skPrefix) {
    return {
      KeyConditionExpression: '#pk = :pk AND begins_with(#sk, :prefix)',
      ExpressionAttributeNames: bothKeys,
      ExpressionAttributeValues: { ':pk': pk, ':prefix': skPrefix },
    };
  }
  return {
    KeyConditionExpression: '#pk = :pk',
    ExpressionAttributeNames: { '#pk': 'pk' },
    ExpressionAttributeValues: { ':pk': pk },
  };
}
