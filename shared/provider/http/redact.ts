const LONGEST_INPUT = 8_000;
const LONGEST_MESSAGE = 500;
const LONGEST_TEXT = 2_000;

/**
 * Makes one line of at most 500 characters out of anything a server said: without keys, tokens and base64, so that it
 * can be logged. `secrets` are taken out word for word.
 */
export function redactLine(text: string, secrets: readonly string[] = []): string {
  const line = redact(text, secrets)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  return cut(line, LONGEST_MESSAGE);
}

/** What a model said, cut at 2,000 characters; line breaks stay. */
export function redactText(text: string, secrets: readonly string[] = []): string {
  return cut(redact(text, secrets).trim(), LONGEST_TEXT);
}

function redact(text: string, secrets: readonly string[]): string {
  const short = text.slice(0, LONGEST_INPUT);
  const bare = secrets
    .filter((each) => each.length >= 6)
    .reduce((rest, each) => rest.replaceAll(each, '[key]'), short);
  return bare
    .replace(/\bBearer\s+[^\s"',}]+/gi, 'Bearer [key]')
    .replace(/\b(?:cdt_|sk-|AIza)[\w*.-]{4,}/g, '[key]')
    .replace(/[A-Za-z0-9+/_-]{64,}={0,2}/g, '[base64]');
}

function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  return `${text.slice(0, longest - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
