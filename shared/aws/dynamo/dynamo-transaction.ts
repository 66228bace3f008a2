import type { CancellationReason } from '@aws-sdk/client-dynamodb';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { WriteResult } from '../../pipeline/ports.ts';
import { waitBeforeRetry } from '../backoff.ts';
import { isThrottled, tableBusy } from './dynamo-busy.ts';
import type { WriteRequest } from './dynamo-expressions.ts';
import type { DynamoTableOptions } from './dynamo-options.ts';

/**
 * Four seconds of conflicts on average: longer contention is a hot key, which waiting does not fix. Of throttling about a
 * minute, since each try has the SDK's own three: what is to be recorded was paid for.
 */
const mostTries = 14;

/** Sends a transaction until it is written or refused, with one token, so that it applies once. Throws `TableBusyError` after 14 tries. */
export async function transact(
  options: DynamoTableOptions,
  requests: readonly WriteRequest[],
  token: string,
): Promise<WriteResult> {
  const command = new TransactWriteCommand({
    TransactItems: requests.map(transactItem),
    ClientRequestToken: token,
  });
  for (let tries = 1; ; tries += 1) {
    const outcome = await tryOnce(options, command);
    if (outcome.kind === 'written') return outcome;
    if (outcome.kind === 'refused' && (!outcome.busy || tries >= mostTries)) {
      return { kind: 'refused', indexes: outcome.indexes };
    }
    if (tries >= mostTries) {
      throw tableBusy(options.tableName, outcome.kind === 'busy' ? outcome.error : undefined);
    }
    await waitBeforeRetry(options.backoff, tries);
  }
}

/** Sends a repeatable single write. Retries transaction conflicts, which the SDK does not. */
export async function sendPlain(
  options: DynamoTableOptions,
  send: () => Promise<void>,
): Promise<WriteResult> {
  for (let tries = 1; ; tries += 1) {
    try {
      await send();
      return { kind: 'written' };
    } catch (error) {
      if (isCalled(error, 'ConditionalCheckFailedException')) return { kind: 'refused', indexes: [0] };
      if (!isCalled(error, 'TransactionConflictException')) throw error;
      if (tries >= mostTries) throw tableBusy(options.tableName, error);
    }
    await waitBeforeRetry(options.backoff, tries);
  }
}

/** By name, because a bundle has few error classes. */
function isCalled(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}

function transactItem(write: WriteRequest): NonNullable<TransactWriteCommandInput['TransactItems']>[number] {
  switch (write.kind) {
    case 'put':
      return { Put: write.request };
    case 'update':
      return { Update: write.request };
    case 'delete':
      return { Delete: write.request };
    case 'check':
      return { ConditionCheck: write.request };
  }
}

type Outcome =
  | { readonly kind: 'written' }
  | { readonly kind: 'refused'; readonly indexes: readonly number[]; readonly busy: boolean }
  | { readonly kind: 'busy'; readonly error: unknown };

async function tryOnce(options: DynamoTableOptions, command: TransactWriteCommand): Promise<Outcome> {
  try {
    await options.client.send(command);
    return { kind: 'written' };
  } catch (error) {
    if (error instanceof TransactionCanceledException) return cancelled(error);
    const isPassing = error instanceof Error && (isThrottled(error) || metAnother.has(error.name));
    if (isPassing) return { kind: 'busy', error };
    throw error;
  }
}

/** Retried like throttling, after the SDK's own retries. */
const metAnother = new Set(['TransactionInProgressException', 'TransactionConflictException']);

/** For one part: codes of its cancellation reason. */
const passingReasons = new Set([
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
  'RequestLimitExceeded',
]);

/**
 * A conflict hides whether its part's condition holds, and callers decide by which indexes failed: the whole is tried again.
 * When tries run out, the conditions that did fail are the answer.
 */
function cancelled(error: TransactionCanceledException): Outcome {
  const reasons: readonly CancellationReason[] = error.CancellationReasons ?? [];
  const indexes = reasons.flatMap(({ Code }, index) => (Code === 'ConditionalCheckFailed' ? [index] : []));
  const other = reasons.filter(({ Code }) => Code && Code !== 'None' && Code !== 'ConditionalCheckFailed');
  if (!other.every(({ Code }) => Code && passingReasons.has(Code))) throw error;
  if (indexes.length > 0) return { kind: 'refused', indexes, busy: other.length > 0 };
  if (other.length === 0) throw error;
  return { kind: 'busy', error };
}
