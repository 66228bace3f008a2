import { createRequire } from 'node:module';

/** Characters of one column each. */
const PLAIN = /^[ -~\u00a1-\u00ac\u00ae-\u02ff–—‘’“”…·×≈≤≥→]*$/;

let measure: ((text: string) => number) | undefined;

/** Columns of a text on a terminal. Loads the width tables with the first text that needs them: they are slow to load. */
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
