import { closest } from 'fastest-levenshtein';

/** A configuration file that cannot be used: one line that names the place in it and says what to do. */
export class ConfigurationFileError extends Error {
  override name = 'ConfigurationFileError';
}

/** Proposes the nearest of the names that exist, or lists them all. */
export function nameSuggestion(wrong: string, names: Iterable<string>): string {
  const known = [...names];
  const proposal = known.length === 0 ? undefined : closest(wrong, known);
  return proposal === undefined ? '' : `; did you mean "${proposal}"? There are ${known.join(', ')}`;
}
