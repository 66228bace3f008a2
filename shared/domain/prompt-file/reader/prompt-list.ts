import { cleanText, rowTooLong } from '../cells.ts';
import { placeholderNames } from '../column-meaning.ts';
import { isKnownColumn, normaliseColumn, quoted } from '../columns.ts';
import { DELIMITERS, type RecordContent, rejected } from '../format.ts';
import { withoutFlags } from '../prompt-flags.ts';
import type { TemplateOptions } from '../template/axes.ts';

/** A list of prompts: named `.txt`, or unnamed with a first line of words; not if that line names columns. */
export function isPromptList(
  head: Buffer,
  fileName: string,
  options: Pick<TemplateOptions, 'template'>,
): boolean {
  const isNamed = /\.(txt|text)$/i.test(fileName);
  if (!isNamed && /\.[a-z0-9]{1,8}$/i.test(fileName)) return false;
  const lines = head.toString().split(/\r\n|\n|\r/);
  const first = lines.find((line) => line.trim() !== '')?.trim() ?? '';
  if (isHeader(first, options.template ?? '')) return false;
  return isNamed || (/\S\s+\S/.test(first) && !DELIMITERS.some((each) => first.includes(each)));
}

function isHeader(line: string, template: string): boolean {
  return DELIMITERS.some((delimiter) => {
    const cells = line.split(delimiter).map((cell) => normaliseColumn(cell.replaceAll('"', '')));
    if (cells.includes('prompt')) return true;
    if (cells.length < 2) return false;
    const known = cells.filter(isKnownColumn).length;
    return known > 1 || (known > 0 && delimiter !== ',') || cells.some((cell) => isNamedIn(template, cell));
  });
}

function isNamedIn(template: string, column: string): boolean {
  return column !== 'prompt' && placeholderNames(template).includes(column);
}

/** A line copied from a spreadsheet's column. */
const WHOLE_QUOTED = /^\s*["“]([^"“”]+)["”]\s*$/;

/** `-s50 -W512`, as InvokeAI's and dream.py's lists have them. */
const SHORT_PARAMETER = /(?<!\S)-[A-Za-z]\d[\d.]*(?=\s|$)/;

/** A line of a list of prompts; undefined for a comment. `\#` begins a prompt with a `#`. */
export function promptContent(line: string): RecordContent | undefined {
  if (line.startsWith('#')) return undefined;
  const prompt = cleanText(line.replace(/^\\(?=#)/, '').replace(WHOLE_QUOTED, '$1'), 'prompt');
  if (typeof prompt !== 'string') return prompt;
  const tooLong = rowTooLong({ prompt });
  if (tooLong !== undefined) return tooLong;
  const [parameter] = SHORT_PARAMETER.exec(prompt) ?? [];
  if (parameter !== undefined) {
    return rejected(
      `${quoted([parameter])} is a parameter of another tool, and would be sent as words: take it out`,
      'prompt',
    );
  }
  return withoutFlags({ kind: 'row', fields: { prompt } });
}
