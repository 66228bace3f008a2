/** Text, numbers and booleans as a cell would hold them, null as an empty one; undefined for anything with parts. */
export function plainText(value: unknown): string | undefined {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
