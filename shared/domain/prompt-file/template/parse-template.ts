/** A part of a template. */
export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  /** `{{inner}}` */
  | { readonly kind: 'place'; readonly inner: string }
  /** `{a|b|c}`; each may hold places, but no alternatives. */
  | { readonly kind: 'alternatives'; readonly options: readonly (readonly TemplatePart[])[] };

interface TemplateRules {
  /** Whether `{a|b}` is a choice; if not, single braces are text. */
  readonly alternatives: boolean;
}

// Each is sticky and can match in one way only, so that no text makes it slow.
const PLACE = /\{\{([^{}]*)\}\}/y;
const ALTERNATIVES = /\{((?:\\[{}|]|\{\{[^{}]*\}\}|[^{}\\]|\\(?![{}|]))*)\}/y;
const ESCAPED_PLACE = '\\{{';
const ESCAPED = /\\([{}|])/y;
/** The bar between alternatives: neither escaped nor a filter's. */
const BETWEEN = /\\[{}|]|\{\{[^{}]*\}\}|(\|)/g;

/** Cuts a template into parts. `\{{` is a literal `{{`; with alternatives, `\{`, `\}` and `\|` are literal too. */
export function parseTemplate(template: string, rules: TemplateRules): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let text = '';
  let at = 0;
  while (at < template.length) {
    const special = nextSpecial(template, at);
    text += template.slice(at, special);
    const found = special < template.length ? partAt(template, special, rules) : undefined;
    if (found?.part !== undefined) {
      if (text !== '') parts.push({ kind: 'text', text });
      text = '';
      parts.push(found.part);
    } else {
      text += found?.text ?? '';
    }
    at = found?.end ?? special;
  }
  if (text !== '') parts.push({ kind: 'text', text });
  return parts;
}

function nextSpecial(template: string, from: number): number {
  for (let at = from; at < template.length; at += 1) {
    if (template[at] === '{' || template[at] === '\\') return at;
  }
  return template.length;
}

interface Found {
  readonly part?: TemplatePart;
  readonly text?: string;
  readonly end: number;
}

function partAt(template: string, at: number, rules: TemplateRules): Found {
  if (template.startsWith(ESCAPED_PLACE, at)) return { text: '{{', end: at + ESCAPED_PLACE.length };
  const escaped = rules.alternatives ? matchAt(ESCAPED, template, at) : undefined;
  if (escaped !== undefined) return { text: escaped[1] ?? '', end: at + escaped[0].length };
  const place = matchAt(PLACE, template, at);
  if (place !== undefined) {
    return { part: { kind: 'place', inner: place[1] ?? '' }, end: at + place[0].length };
  }
  const group = rules.alternatives ? matchAt(ALTERNATIVES, template, at) : undefined;
  const options = optionsIn(group?.[1] ?? '');
  if (group === undefined || options.length < 2) return { text: template[at] ?? '', end: at + 1 };
  const parsed = options.map((option) => parseTemplate(option, rules));
  return { part: { kind: 'alternatives', options: parsed }, end: at + group[0].length };
}

function optionsIn(group: string): string[] {
  const bars = [...group.matchAll(BETWEEN)].filter(([, bar]) => bar !== undefined).map(({ index }) => index);
  return [...bars, group.length].map((end, nth) =>
    group.slice(nth === 0 ? 0 : (bars[nth - 1] ?? 0) + 1, end),
  );
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}
