const END_OF_CELL: Readonly<Record<string, RegExp>> = {
  ',': /"[ \t]*(?=,|$)/g,
  ';': /"[ \t]*(?=;|$)/g,
  '\t': /" *(?=\t|$)/g,
  '|': /"[ \t]*(?=\||$)/g,
};
/** Most bytes of UTF-8 beyond ASCII are letters. */
const LETTER = /[A-Za-z0-9\x80-\xff]/;
const END_OF_LINE = /"[ \t]*$/g;

/**
 * A cell with undoubled quotes, from its line: in `"The "big" cat"` the outer ones are not text, in `"OPEN" and "CLOSED"`
 * all are. Undefined if the cell is plain, up to the next delimiter.
 */
export function strayQuotes(
  line: string,
  delimiter: string | undefined,
): { readonly text: string; readonly length: number } | undefined {
  const pattern = delimiter === undefined ? END_OF_LINE : (END_OF_CELL[delimiter] ?? END_OF_LINE);
  const closing = [...line.matchAll(pattern)].find(({ index }) => index > 0);
  if (closing === undefined) return undefined;
  const inner = line.slice(1, closing.index);
  return isQuotedText(inner) ? undefined : { text: inner.replaceAll('""', '"'), length: closing.index + 1 };
}

/** Whether the inner quotes and the outer two are pairs around words: `OPEN" and "CLOSED`. */
function isQuotedText(inner: string): boolean {
  const quotes = inner.split('"').length - 1;
  const first = inner.indexOf('"');
  return quotes % 2 === 0 && /\S/.test(inner[first - 1] ?? ' ') && !LETTER.test(inner[first + 1] ?? ' ');
}
