import type { ConfigurationFile } from './configuration-file.ts';

/** What of a configuration file is deployed: providers, models, prices, defaults (the stage's first). Limits go by environment. */
export function deployedPart(
  { providers, models, prices, defaults, stages }: ConfigurationFile,
  stage: string,
): ConfigurationFile {
  const { unknownOutcomes, referenceHosts, maxAnswerMiB, webhook, allowPrivateWebhook } =
    stages?.[stage] ?? {};
  const own = { unknownOutcomes, referenceHosts, maxAnswerMiB, webhook, allowPrivateWebhook };
  const all = { ...defaults, ...given(own) };
  return given({ providers, models, prices, defaults: Object.keys(all).length === 0 ? undefined : all });
}

function given(parts: object): object {
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
}

/** A value in which two configurations differ; missing where not set. */
export interface ConfigurationDifference {
  /** `models.painter.price`, `prices.painter-2026.from`. */
  readonly name: string;
  readonly here?: string;
  readonly there?: string;
}

/** Differences by name; prices are identified by their names. */
export function differencesOf(here: ConfigurationFile, there: ConfigurationFile): ConfigurationDifference[] {
  const [ours, theirs] = [valuesOf(here), valuesOf(there)];
  const names = [...new Set([...ours.keys(), ...theirs.keys()])].sort();
  return names.flatMap((name) => {
    const [one, other] = [ours.get(name), theirs.get(name)];
    if (one === other) return [];
    return [{ name, ...(one !== undefined && { here: one }), ...(other !== undefined && { there: other }) }];
  });
}

function valuesOf({ prices = [], ...file }: ConfigurationFile): Map<string, string> {
  const values = new Map<string, string>();
  collect(
    '',
    { ...file, prices: Object.fromEntries(prices.map(({ name, ...price }) => [name, price])) },
    values,
  );
  return values;
}

function collect(at: string, value: unknown, into: Map<string, string>): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    into.set(at, JSON.stringify(value));
    return;
  }
  for (const [name, inner] of Object.entries(value)) collect(at === '' ? name : `${at}.${name}`, inner, into);
}
