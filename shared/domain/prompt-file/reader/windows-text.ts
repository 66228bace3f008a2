/** Bytes that are the same punctuation in all Windows code pages 1250–1258, and no text in UTF-8 or ISO 8859. */
const PUNCTUATION: Readonly<Record<string, string>> = {
  '\x82': '‚',
  '\x84': '„',
  '\x85': '…',
  '\x91': '‘',
  '\x92': '’',
  '\x93': '“',
  '\x94': '”',
  '\x96': '–',
  '\x97': '—',
};

/** Each in its place: quotes at words' edges, apostrophes inside, dashes between, dots after. */
const IN_PLACE =
  /(?<![\x80-\xff])(?:(?<=^|[\s([-])[\x82\x84\x91\x93](?=[A-Za-z0-9])|(?<=[A-Za-z0-9.,!?])[\x92\x94](?=$|[\s.,;:!?)\]-])|(?<=[A-Za-z])\x92(?=[A-Za-z])|(?<=[\s\d])[\x96\x97](?=[\s\d])|(?<=[A-Za-z])[\x97](?=[A-Za-z])|(?<=[A-Za-z])\x85(?=$|[\s"]))(?![\x80-\xff])/g;

/**
 * A cell (`latin1`) whose only non-UTF-8 bytes are Windows punctuation in place: `don’t`, `“a cat”` from Word. Letters such
 * as é differ by code page, so they are not read.
 */
export function windowsText(bytes: string): string | undefined {
  const text = bytes.replace(IN_PLACE, (byte) => PUNCTUATION[byte] ?? byte);
  return /[\x80-\xff]/.test(text) || /(?![\t\n\r])\p{Cc}/u.test(text) ? undefined : text;
}
