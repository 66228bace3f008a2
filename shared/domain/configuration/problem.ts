import { closest } from 'fastest-levenshtein';

/** An unusable configuration file, in one line with the place and what to do. */
export class ConfigurationFileError extends Error {
  override name = 'ConfigurationFileError';
}

/** Suggests the nearest name, or lists all. */
export function nameSuggestion(wrong: string, names: Iterable<string>): string {
  const known = [...names];
  const proposal = known.length === 0 ? undefined : closest(wrong, known);
  return proposal === undefined ? '' : `; did you mean "${proposal}"? There are ${known.join(', ')}`;
}
