import { createServer } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createClients } from '../../shared/aws/clients.ts';
import { dynamoTable } from '../../shared/aws/dynamo/dynamo-table.ts';
import { type Table, TableBusyError, type TableWrite } from '../../shared/pipeline/ports.ts';
import { collect } from '../support/collect.ts';

const writes: readonly TableWrite[] = [
  { kind: 'put', row: { pk: 'A', sk: '1' }, onlyIf: { kind: 'absent' } },
  { kind: 'update', key: { pk: 'B', sk: '1' }, add: { count: 1 } },
];

describe('a transaction', () => {
  test('that loses to another is sent again, under the same token, until it is written', async () => {
    const { table, tokens } = await tableThatAnswers([
      cancelled('TransactionConflict', 'None'),
      cancelled('None', 'TransactionConflict'),
      { status: 200, body: {} },
    ]);

    const result = await table.write(writes);

    expect(result).toEqual({ kind: 'written' });
    expect(tokens).toHaveLength(3);
    expect(new Set(tokens).size).toBe(1);
  });

  test('with a conflict beside a failed condition is sent again, so that all failed conditions are named', async () => {
    const { table } = await tableThatAnswers([
      cancelled('TransactionConflict', 'ConditionalCheckFailed'),
      cancelled('ConditionalCheckFailed', 'ConditionalCheckFailed'),
    ]);

    expect(await table.write(writes)).toEqual({ kind: 'refused', indexes: [0, 1] });
  });

  test('that stays in conflict beside a failed condition is refused for that one', async () => {
    const { table, tokens } = await tableThatAnswers([
      cancelled('TransactionConflict', 'ConditionalCheckFailed'),
    ]);

    expect(await table.write(writes)).toEqual({ kind: 'refused', indexes: [1] });

    expect(tokens.length).toBeGreaterThan(5);
  });

  test('that stays in conflict fails with an error that says so', async () => {
    const { table, waitsMs } = await tableThatAnswers([cancelled('TransactionConflict', 'None')]);

    await expect(table.write(writes)).rejects.toThrow(TableBusyError);

    expect(Math.max(...waitsMs)).toBeLessThanOrEqual(1_000);
    expect(waitsMs.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(15_000);
  });

  test('that is wrong in itself fails at once', async () => {
    const { table, tokens } = await tableThatAnswers([cancelled('ValidationError', 'None')]);

    await expect(table.write(writes)).rejects.toThrow('cancelled');

    expect(tokens).toHaveLength(1);
  });
});

describe('a single write that may arrive twice', () => {
  const claim: readonly TableWrite[] = [
    {
      kind: 'update',
      key: { pk: 'A', sk: '1' },
      set: { attempt: 'mine' },
      onlyIf: { kind: 'present' },
      mayRepeat: true,
    },
  ];

  test('that meets a transaction on its row is sent again', async () => {
    const { table, waitsMs } = await tableThatAnswers([
      failed('TransactionConflictException'),
      { status: 200, body: {} },
    ]);

    expect(await table.write(claim)).toEqual({ kind: 'written' });

    expect(waitsMs).toHaveLength(1);
  });

  test('whose condition does not hold is refused', async () => {
    const { table } = await tableThatAnswers([failed('ConditionalCheckFailedException')]);

    expect(await table.write(claim)).toEqual({ kind: 'refused', indexes: [0] });
  });
});

describe('a table that throttles', () => {
  const row = { pk: 'A', sk: '1' };

  test.each<readonly [string, (table: Table) => Promise<unknown>]>([
    ['read', (table) => table.get(row)],
    ['query', (table) => collect(table.query({ pk: 'A' }))],
    ['plain write', (table) => table.write([{ kind: 'put', row }])],
    ['transaction', (table) => table.write(writes)],
  ])('is said to be busy by a %s', async (_, call) => {
    const { table } = await tableThatAnswers([failed('ProvisionedThroughputExceededException')]);

    await expect(call(table)).rejects.toThrow(TableBusyError);
  });
});

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

function cancelled(...codes: readonly string[]): Answer {
  return {
    status: 400,
    body: {
      __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
      Message: 'Transaction cancelled',
      CancellationReasons: codes.map((Code) => ({ Code })),
    },
  };
}

function failed(name: string): Answer {
  return { status: 400, body: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, Message: name } };
}

/** The SDK's own tries wait in real time. */
const ONE_TRY = {
  acquireInitialRetryToken: async () => ({ getRetryCount: () => 0, getRetryDelay: () => 0 }),
  refreshRetryTokenForRetry: async () => {
    throw new Error('one try');
  },
  recordSuccess: () => undefined,
};

/** A server that gives these answers in turn, and the last one for ever. */
async function tableThatAnswers(
  answers: readonly Answer[],
): Promise<{ table: Table; tokens: readonly string[]; waitsMs: readonly number[] }> {
  const tokens: string[] = [];
  const waitsMs: number[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    tokens.push(JSON.parse(Buffer.concat(chunks).toString()).ClientRequestToken);
    const answer = answers[Math.min(tokens.length, answers.length) - 1];
    response.writeHead(answer?.status ?? 500, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(answer?.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const clients = createClients({
    customEndpoint: true,
    endpoints: { dynamodb: `http://127.0.0.1:${port}` },
  });
  clients.dynamo.config.retryStrategy = async () => ONE_TRY;
  onTestFinished(() => {
    clients.close();
    server.close();
  });
  const backoff = { random: () => 0.999, sleep: async (ms: number) => void waitsMs.push(ms) };
  return { table: dynamoTable({ client: clients.dynamo, tableName: 'any', backoff }), tokens, waitsMs };
}
