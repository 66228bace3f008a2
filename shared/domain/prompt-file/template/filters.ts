import { safeName } from '../../item/file-name.ts';

/** Follows the bar in `{{city|upper}}`. */
type Filter = (text: string) => string;

const MAX_SLUG_BYTES = 100;

const FILTERS: Readonly<Record<string, Filter>> = {
  upper: (text) => text.toUpperCase(),
  lower: (text) => text.toLowerCase(),
  slug: (text) => safeName(text.toLowerCase(), MAX_SLUG_BYTES),
};

export const FILTER_NAMES = [...Object.keys(FILTERS), 'default:…'];

/** The filter for `upper` or `default:unknown`; undefined if there is none. */
export function filterOf(written: string): Filter | undefined {
  const [name = '', ...rest] = written.split(':');
  const argument = rest.length === 0 ? undefined : rest.join(':').trim();
  const key = name.trim().toLowerCase();
  if (key === 'default' && argument !== undefined) return (text) => (text.trim() === '' ? argument : text);
  return argument === undefined && Object.hasOwn(FILTERS, key) ? FILTERS[key] : undefined;
}
