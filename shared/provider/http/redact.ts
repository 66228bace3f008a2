import { withoutInvisible } from '../../domain/canonical-name.ts';
import { secretForms } from './secret-forms.ts';
import { shownAddress } from './shown-address.ts';

const LONGEST_INPUT = 8_000;
const LONGEST_MESSAGE = 500;
const LONGEST_TEXT = 2_000;

/** One line of at most 500 characters without keys, tokens and base64, safe for logs and terminals. `secrets` go in all forms. */
export function redactLine(text: string, secrets: readonly string[] = []): string {
  const line = redact(text, secrets)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  return cut(line, LONGEST_MESSAGE);
}

/** A model's text, at most 2,000 characters; keeps line breaks. */
export function redactText(text: string, secrets: readonly string[] = []): string {
  return cut(redact(text, secrets).replace(UNPRINTABLE, '').trim(), LONGEST_TEXT);
}

/** Control characters except tab and line break can steer a terminal. */
const UNPRINTABLE = /[^\P{Cc}\t\n]+/gu;

function redact(text: string, secrets: readonly string[]): string {
  // Invisible characters go first: they may be inside a key.
  const short = withoutInvisible(text.slice(0, LONGEST_INPUT));
  const bare = secrets.flatMap(secretForms).reduce((rest, form) => rest.replaceAll(form, '[key]'), short);
  return shownAddress(bare)
    .replace(/\bBearer\s+[^\s"',}]+/gi, 'Bearer [key]')
    .replace(/\b(?:cdt_|sk-|AIza)[\w*.-]{4,}/g, '[key]')
    .replace(/[A-Za-z0-9+/_-]{64,}={0,2}/g, '[base64]');
}

function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  return `${text.slice(0, longest - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
