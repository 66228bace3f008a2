import type { ModelCatalog } from '../calls/models.ts';
import type { CreditRate } from '../money/money-text.ts';
import type { ProviderSettings, Providers } from './providers.ts';

/** The providers' common rate; several rates have no sum in dollars. */
export function creditRate({
  providers,
  models,
}: {
  readonly providers: Providers;
  readonly models: ModelCatalog;
}): CreditRate {
  const serving = [...providers.values()].filter(({ name }) =>
    models.values().some(({ provider }) => provider === name),
  );
  const byRate = Map.groupBy(serving, ({ usdPerCredit }) => usdPerCredit);
  const [only, ...others] = byRate;
  if (only !== undefined && others.length === 0) {
    const [usdPerCredit, agreed] = only;
    return { kind: 'one', usdPerCredit, source: sourceOf(agreed) };
  }
  const rates = serving.map(({ name, usdPerCredit }) => `$${usdPerCredit} at ${name}`).join(', ');
  return { kind: 'several', message: `a credit is ${rates}` };
}

/** Undefined if there are several. */
export function usdPerCreditOf(configured: Parameters<typeof creditRate>[0]): number | undefined {
  const rate = creditRate(configured);
  return rate.kind === 'one' ? rate.usdPerCredit : undefined;
}

function sourceOf(providers: readonly ProviderSettings[]): string {
  return [...new Set(providers.map(({ usdNote }) => usdNote))].join('; ');
}
