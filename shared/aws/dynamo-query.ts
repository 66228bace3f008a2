import type { QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { TableQuery, TableRow } from '../pipeline/ports.ts';
import type { DynamoTableOptions } from './dynamo-table.ts';

/** Rows in key order, page after page; the next page is asked for only when its first row is. */
export async function* queryRows(
  options: Pick<DynamoTableOptions, 'client' | 'tableName'>,
  query: TableQuery,
): AsyncGenerator<TableRow> {
  let left = query.limit ?? Number.POSITIVE_INFINITY;
  let startKey: Record<string, unknown> | undefined;
  while (left > 0) {
    const page = await options.client.send(
      new QueryCommand({
        TableName: options.tableName,
        ...keyCondition(query),
        ConsistentRead: true,
        ScanIndexForward: !query.descending,
        ...(Number.isFinite(left) && { Limit: left }),
        ...(startKey && { ExclusiveStartKey: startKey }),
      }),
    );
    for (const row of page.Items ?? []) {
      // What stands in the table was written through this port, so it is a row.
      yield row as TableRow;
      left -= 1;
    }
    startKey = page.LastEvaluatedKey;
    if (startKey === undefined) return;
  }
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
