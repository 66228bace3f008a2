import { isJsonObject, type JsonObject } from '../../json-object.ts';
import { type FileProblem, fileProblem } from '../format.ts';
import { readJson } from '../json/json-text.ts';

export interface JsonBegin {
  readonly kind: 'json' | 'jsonl';
  readonly bytes: number;
}

interface HeadFacts {
  readonly isWhole: boolean;
  /** Each row needs a prompt, because there is no template. */
  readonly needsPrompt: boolean;
}

const BEFORE_JSON = /^(?:\s|\p{Cc}|\/\/[^\n]*\n|\/\*[^*]*(?:\*(?!\/)[^*]*)*\*\/)*/u;

/** How a JSON file is written, by its head (a character a byte); undefined if it is not JSON. */
export function jsonKind(
  head: string,
  fileName: string,
  { isWhole, needsPrompt }: HeadFacts,
): JsonBegin | FileProblem | undefined {
  const before = BEFORE_JSON.exec(head)?.[0].length ?? 0;
  const begin = head.slice(before);
  const isNamedJson = /\.(json|jsonc|json5)$/i.test(fileName);
  if (/^\[\s*[{"[\]]/.test(begin) || (begin.startsWith('[') && isNamedJson)) {
    if (isWhole && /^\[\s*\]\s*$/.test(begin)) return fileProblem('the file is an empty array');
    return { kind: 'json', bytes: before + 1 };
  }
  if (begin.startsWith('{'))
    return documentProblem(begin, isWhole && needsPrompt) ?? { kind: 'jsonl', bytes: 0 };
  return /\.(jsonl|ndjson)$/i.test(fileName) ? { kind: 'jsonl', bytes: 0 } : undefined;
}

/** One value over many lines, or with all rows inside, has no line for each image. */
function documentProblem(begin: string, mayBeAlone: boolean): FileProblem | undefined {
  const [line = ''] = begin.split('\n', 1);
  const rest = begin.slice(line.length).trim();
  const first = readJson(line.replace(/(?<=\}),\s*$/, ''));
  if (first.kind === 'problem') {
    const goesOn = /[{[,:]\s*$/.test(line) && rest !== '';
    return goesOn ? document(/"([\w-]+)"\s*:\s*\[/.exec(begin)?.[1]) : undefined;
  }
  const { value } = first;
  const isAlone = mayBeAlone && rest === '' && isJsonObject(value);
  const list = isAlone ? listIn(value) : undefined;
  return list === undefined ? undefined : document(list);
}

/** The only list of an object that asks for nothing itself. */
function listIn(object: JsonObject): string | undefined {
  const asks = ['prompt', 'messages', 'contents', 'body', 'request', 'params'];
  if (Object.keys(object).some((key) => asks.includes(key.toLowerCase()))) return undefined;
  const lists = Object.entries(object).filter(
    ([, value]) => Array.isArray(value) && value.length > 0 && value.every(isRowLike),
  );
  return lists.length === 1 ? lists[0]?.[0] : undefined;
}

function isRowLike(value: unknown): boolean {
  return typeof value === 'string' || isJsonObject(value);
}

function document(list: string | undefined): FileProblem {
  const path = list === undefined ? '.' : `.${Buffer.from(list, 'latin1').toString()}[]`;
  return fileProblem(
    `the file is one JSON document, not an array or an object a line: write its rows with \`jq -c '${path}' FILE > prompts.jsonl\``,
  );
}
