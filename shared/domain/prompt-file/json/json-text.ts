/** Why a text is no JSON value that can be taken. */
interface JsonProblem {
  readonly kind: 'problem';
  readonly message: string;
}

type JsonReading = { readonly kind: 'value'; readonly value: unknown } | JsonProblem;

/** Reads JSON as tools write it: `NaN` is null; comments and trailing commas are skipped. Ids beyond 2^53 and `1.50` are text. */
export function readJson(text: string): JsonReading {
  return parse(text) ?? parse(strictJson(text)) ?? problem('is not valid JSON');
}

/** Undefined if it is not JSON. A repeated key would be lost, so it is a problem. */
function parse(text: string): JsonReading | undefined {
  let members = 0;
  const revive = function (this: unknown, key: string, value: unknown, context?: { source?: string }) {
    if (key !== '' && !Array.isArray(this)) members += 1;
    return typeof value === 'number' ? numberOf(value, context?.source) : value;
  };
  try {
    const value: unknown = JSON.parse(text, revive);
    return members < keysIn(text) ? problem('has a key twice in one object') : { kind: 'value', value };
  } catch {
    return undefined;
  }
}

function numberOf(value: number, source = ''): number | string {
  const isSame = String(value) === source;
  const isPlainNow = /e/i.test(source) && !String(value).includes('e') && Number.isFinite(value);
  return isSame || isPlainNow ? value : source;
}

function keysIn(text: string): number {
  let count = 0;
  const colon = /\s*:/y;
  for (let at = text.indexOf('"'); at >= 0; ) {
    const end = stringEnd(text, at);
    colon.lastIndex = end;
    if (end > at + 2 && colon.test(text)) count += 1;
    at = text.indexOf('"', end);
  }
  return count;
}

/** The text without comments, trailing commas and `NaN`. */
function strictJson(text: string): string {
  const special = /"|\/\/[^\n]*|\/\*|-?\bInfinity\b|\bNaN\b|,(?=\s*[}\]])/g;
  const pieces: string[] = [];
  let from = 0;
  for (let found = special.exec(text); found !== null; found = special.exec(text)) {
    const [what] = found;
    if (what === '"') {
      special.lastIndex = stringEnd(text, found.index);
      continue;
    }
    const end = what === '/*' ? commentEnd(text, found.index) : special.lastIndex;
    pieces.push(text.slice(from, found.index), /[NI]/.test(what) && !what.startsWith('/') ? 'null' : ' ');
    from = end;
    special.lastIndex = end;
  }
  const plain = pieces.join('') + text.slice(from);
  // What was removed may leave another trailing comma.
  return plain === text || !/[/]/.test(text) ? plain : strictJson(plain);
}

function commentEnd(text: string, start: number): number {
  const end = text.indexOf('*/', start + 2);
  return end < 0 ? text.length : end + 2;
}

/** The end of a string that begins there, or of the text. */
function stringEnd(text: string, start: number): number {
  const special = /["\\]/g;
  special.lastIndex = start + 1;
  for (let found = special.exec(text); found !== null; found = special.exec(text)) {
    if (found[0] === '"') return special.lastIndex;
    special.lastIndex += 1;
  }
  return text.length;
}

function problem(message: string): JsonProblem {
  return { kind: 'problem', message };
}
