import { createRequire } from 'node:module';

/** Letters, digits and signs that take one column each, alone and beside each other. */
const PLAIN = /^[ -~\u00a1-\u00ac\u00ae-\u02ff–—‘’“”…·×≈≤≥→]*$/;

let measure: ((text: string) => number) | undefined;

/**
 * How many columns a text takes on a terminal. Loads what knows wide characters, emoji and marks with the first text that may
 * have some: that takes longer than all else of a small command.
 */
export function textWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  measure ??= load();
  return measure(text);
}

function load(): (text: string) => number {
  const { default: stringWidth }: typeof import('string-width') = createRequire(import.meta.url)(
    'string-width',
  );
  return stringWidth;
}
