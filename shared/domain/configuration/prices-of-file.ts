import { findModel, type ModelCatalog } from '../calls/models.ts';
import { decimalOfNumber, unitsOfQuotient } from '../money/decimal.ts';
import { type Price, type PriceList, priceList } from '../money/prices.ts';
import type { ConfigurationFile, PriceEntry } from './configuration-file.ts';
import { ConfigurationFileError, nameSuggestion } from './problem.ts';
import type { Providers } from './providers.ts';

/** The built-in prices with the file's own, dollars at the provider's rate. Throws `ConfigurationFileError` on an unknown name. */
export function pricesOf(file: ConfigurationFile, models: ModelCatalog, providers: Providers): PriceList {
  const own = (file.prices ?? []).map((entry, index) =>
    priceOf(entry, `prices[${index}]`, { models, providers }),
  );
  const list = priceList(own, chosenPrices(file));
  return list;
}

/** Alternative prices that models choose. */
function chosenPrices(file: ConfigurationFile): string[] {
  return Object.values(file.models ?? {}).flatMap(({ price }) => price ?? []);
}

interface Known {
  readonly models: ModelCatalog;
  readonly providers: Providers;
}

function priceOf(entry: PriceEntry, at: string, { models, providers }: Known): Price {
  const profile = findModel(models, entry.model);
  if (profile === undefined) {
    throw new ConfigurationFileError(
      `${at}.model: there is no model "${entry.model}"${nameSuggestion(entry.model, models.keys())}`,
    );
  }
  const usdPerCredit = providers.get(profile.provider)?.usdPerCredit;
  if (usdPerCredit === undefined)
    throw new Error(`${profile.provider} was checked when its models were read`);
  const { creditsPerMillion, usdPerMillion, ...rest } = entry;
  if ((creditsPerMillion === undefined) === (usdPerMillion === undefined)) {
    throw new ConfigurationFileError(
      `${at}: write either creditsPerMillion or usdPerMillion, one of the two`,
    );
  }
  const rates = creditsPerMillion ?? usdPerMillion;
  const micro = (kind: 'input' | 'text' | 'image') =>
    microPerToken(rates?.[kind] ?? 0, creditsPerMillion === undefined ? usdPerCredit : 1, `${at}.${kind}`);
  return {
    ...rest,
    model: profile.model,
    ceiling: rest.ceiling ?? 'one-image',
    inputMicro: micro('input'),
    textMicro: micro('text'),
    imageMicro: micro('image'),
  };
}

/** Credits per million tokens are micro-credits per token (contract §4), and must be whole. */
function microPerToken(perMillion: number, perCredit: number, at: string): number {
  const nano = unitsOfQuotient(decimalOfNumber(perMillion), decimalOfNumber(perCredit), 9);
  const micro = nano / 1e9;
  if (Number.isSafeInteger(micro)) return micro;
  throw new ConfigurationFileError(
    `${at}: ${perMillion} comes to ${micro} micro-credits a token, which must be a whole number`,
  );
}
