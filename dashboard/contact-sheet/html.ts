/** Text that is HTML already: only `html` makes it, so that whatever else is put in is escaped. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Our own markup, such as a style sheet; never for what comes from outside. */
export function ownMarkup(text: string): Html {
  return new Html(text);
}

type Part = string | number | Html | readonly Html[] | undefined;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A piece of a page. What is filled in is text, never markup. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const texts = strings.map((string, nth) => string + (nth < parts.length ? textOf(parts[nth]) : ''));
  return new Html(texts.join(''));
}

function textOf(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part));
  return part.map(({ text }) => text).join('');
}

/** Direction and control characters are shown as marks: a name must not rearrange the line it stands in. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\u202a-\u202e\u2066-\u2069\u200e\u200f]/gu, (char) =>
      char === '\n' || char === '\t' ? char : '␣',
    )
    .replaceAll(/[&<>"']/g, (char) => ESCAPES[char] ?? char);
}
