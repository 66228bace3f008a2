import { tryParseJson } from '../../domain/json-object.ts';

const LONGEST = 100_000;

/** JSON, or an object as Python prints it, inside a text and up to its last bracket. */
export function embeddedJson(text: string): { before: string; value: object } | undefined {
  const from = text.slice(0, LONGEST).search(/[{[]/);
  const to = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']'));
  if (from === -1 || to <= from || to - from > LONGEST) return undefined;
  const found = text.slice(from, to + 1);
  const value = tryParseJson(found) ?? tryParseJson(fromPython(found));
  return typeof value === 'object' && value !== null
    ? { before: text.slice(0, from).trim(), value }
    : undefined;
}

const PYTHON = /"(?:[^"\\]|\\.)*"|'((?:[^'\\]|\\.)*)'|\b(None|True|False)\b/g;
const WORDS: Readonly<Record<string, string>> = { None: 'null', True: 'true', False: 'false' };

/** `{'error': None}` → `{"error": null}`. */
function fromPython(text: string): string {
  return text.replaceAll(PYTHON, (found, inner: string | undefined, word: string | undefined) => {
    if (word !== undefined) return WORDS[word] ?? found;
    return inner === undefined ? found : JSON.stringify(inner.replaceAll(/\\(['"\\])/g, '$1'));
  });
}
