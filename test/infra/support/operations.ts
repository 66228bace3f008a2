import type { RecordedCall } from './gateway.ts';

/**
 * What AWS charges calls by. Rows are taken as of at most 1 kB (a write unit) and 4 kB (a read unit), a part of a
 * transaction as two units; a query as one unit, half of one where it may be old.
 */
export function operationsOf(calls: readonly RecordedCall[]): Record<string, number> {
  const counts = { writeUnits: 0, readUnits: 0, s3Puts: 0, s3Gets: 0, sqs: 0, keys: 0, events: 0 };
  for (const call of calls) {
    const [service, name = ''] = call.operation.split(':');
    if (service === 'dynamodb') {
      if (name === 'TransactWriteItems') counts.writeUnits += 2 * JSON.parse(call.body).TransactItems.length;
      else if (name === 'GetItem' || name === 'Query')
        counts.readUnits += JSON.parse(call.body).ConsistentRead ? 1 : 0.5;
      else counts.writeUnits += 1;
    }
    // S3 asks the price of a put for a list as well.
    if (service === 's3') counts[/^(Head|Get)/.test(name) ? 's3Gets' : 's3Puts'] += 1;
    if (service === 'sqs') counts.sqs += 1;
    if (service === 'secretsmanager' || service === 'ssm') counts.keys += 1;
    if (service === 'events') counts.events += 1;
  }
  return counts;
}
