import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import {
  type AttributeValue,
  type DynamoDBClient,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { TableRow } from '../../pipeline/ports.ts';
import { rowOfItem } from './dynamo-row.ts';

export interface Page {
  readonly rows: readonly TableRow[];
  readonly nextKey: Record<string, AttributeValue> | undefined;
}

/** One page of a query, its items taken out before the SDK parses them: its check for lost digits takes several times as long. */
export async function readPage(
  client: Pick<DynamoDBClient, 'send'>,
  input: QueryCommandInput,
): Promise<Page> {
  let taken: readonly TableRow[] | undefined;
  const command = new QueryCommand(input);
  command.middlewareStack.addRelativeTo(
    <Args, Result extends { readonly response: unknown }>(next: (args: Args) => Promise<Result>) =>
      async (args: Args) => {
        const result = await next(args);
        taken = await itemsOfRows(result.response);
        return result;
      },
    { name: 'takeItems', relation: 'after', toMiddleware: 'deserializerMiddleware' },
  );
  const { Items = [], LastEvaluatedKey } = await client.send(command);
  return { rows: taken ?? Items.map(rowOfItem), nextKey: LastEvaluatedKey };
}

/** Takes the items out; leaves any other response, such as an error, to the SDK. */
async function itemsOfRows(response: unknown): Promise<TableRow[] | undefined> {
  if (!isAnswer(response) || response.statusCode !== 200 || !(response.body instanceof Readable))
    return undefined;
  // DynamoDB's notation; `rowOf` checks each value.
  const page: { Items?: Record<string, AttributeValue>[] } = JSON.parse(await text(response.body));
  const { Items = [], ...rest } = page;
  response.body = Buffer.from(JSON.stringify(rest));
  return Items.map(rowOfItem);
}

function isAnswer(response: unknown): response is { readonly statusCode: number; body: unknown } {
  return typeof response === 'object' && response !== null && 'statusCode' in response && 'body' in response;
}
