import { creditRate } from '../../shared/domain/configuration/credit-rate.ts';
import { parseAmount } from '../../shared/domain/money/parse-amount.ts';
import type { Config } from '../../shared/runtime/config.ts';
import { UsageError } from '../usage-error.ts';

/** Credits or dollars in µcr; throws `UsageError` if neither. */
export function amountOf(name: string, text: string, config: Pick<Config, 'providers' | 'models'>): number {
  const amount = parseAmount(text, creditRate(config));
  if (amount.kind === 'amount') return amount.micro;
  throw new UsageError(`${name} ${amount.reason}`);
}
