import { nameList } from '../canonical-name.ts';
import { meaningOf } from './column-meaning.ts';
import { quoted } from './columns.ts';
import { type RecordContent, type RowContent, type RowFields, rejected } from './format.ts';

/** Columns that a parameter may stand for. */
const READ = new Set(
  nameList('aspect_ratio, image_size, size, width, height, variants, model, temperature, top_p, max_tokens'),
);
/** Midjourney's parameters (docs.midjourney.com/hc/en-us/articles/32859204029709-Parameter-List, and older ones) that no model here has. */
const WITH_VALUE =
  'v version q quality s stylize c chaos weird style seed sameseed stop iw sw sv cw ow niji exp motion bs vibe'.split(
    ' ',
  );
const WITH_VALUES = 'no sref cref oref p profile'.split(' ');
const ALONE =
  'tile raw hd hq draft fast relax turbo video loop test testp creative uplight upbeta upanime public stealth'.split(
    ' ',
  );
const LEFT: ReadonlySet<string> = new Set([...WITH_VALUE, ...WITH_VALUES, ...ALONE]);

/** Two hyphens, or the dash that an editor made of them. */
const NAME = /(?<!\S)(?:--|[—–])([a-z][a-z_-]*)(?=[\s=]|$)/gi;
/** A first look: the text may have a parameter. */
export const MAY_BE_FLAG = /(?:^|[\s"])(?:--|[—–])[a-z]/im;

interface Found {
  readonly from: number;
  readonly end: number;
  readonly name: string;
  readonly value: string;
  /** Undefined if no model here has it. */
  readonly column: string | undefined;
}

/** Reads the parameters behind a prompt: ours become cells, others are removed, unknown words and literal prompts stay. */
export function withoutFlags(content: RowContent): RecordContent {
  const { prompt = '' } = content.fields;
  const found = MAY_BE_FLAG.test(prompt) ? flagsIn(prompt) : [];
  if (found.length === 0) return content;
  const texts = found.map(({ from, end }) => prompt.slice(from, end).trim());
  if (content.literal) return { ...content, flags: { read: [], left: [], sent: texts } };
  const fields = new Map(Object.entries(content.fields));
  const read: string[] = [];
  for (const { name, column, value } of found) {
    if (column === undefined) continue;
    const said = fields.get(column)?.trim() ?? '';
    if (said !== '' && said !== value) {
      return rejected(
        `the prompt says ${quoted([`--${name} ${value}`])}, and the row ${quoted([said])}`,
        column,
      );
    }
    fields.set(column, value);
    read.push(`--${name} as ${column}`);
  }
  fields.set('prompt', withoutThem(prompt, found));
  const left = texts.filter((_, at) => found[at]?.column === undefined);
  return {
    ...content,
    fields: Object.fromEntries(fields) satisfies RowFields,
    flags: { read, left, sent: [] },
  };
}

function flagsIn(prompt: string): Found[] {
  const names = [...prompt.matchAll(NAME)];
  const isSized = names.some(([, name]) => /^h(?:eight)?$/i.test(name ?? ''));
  return names.flatMap((match, nth) => {
    const name = (match[1] ?? '').toLowerCase();
    const next = names[nth + 1]?.index ?? prompt.length;
    const behind = prompt.slice(match.index + match[0].length, next);
    // Midjourney's --w is "weird", unless a height says that it is a width.
    const column = name === 'w' && !isSized ? undefined : columnOf(name);
    const isLeft =
      column === undefined && (LEFT.has(name) || name === 'w' || meaningOf(name).kind === 'unsupported');
    if (column === undefined && !isLeft) return [];
    const [taken = '', value = ''] = flagValue(name, behind) ?? [];
    if (column !== undefined && value === '') return [];
    return [{ from: match.index, end: match.index + match[0].length + taken.length, name, value, column }];
  });
}

function columnOf(name: string): string | undefined {
  const meaning = meaningOf(name === 'r' ? 'variants' : name);
  return meaning.kind === 'ours' && READ.has(meaning.column) ? meaning.column : undefined;
}

/** The part of the text behind a name that belongs to it, and the value in it. */
function flagValue(name: string, behind: string): readonly (string | undefined)[] | null {
  if (ALONE.includes(name)) return null;
  return WITH_VALUES.includes(name) ? /^[\s=]+(.*)$/s.exec(behind) : /^[\s=]+([^\s,;]+)/.exec(behind);
}

function withoutThem(prompt: string, found: readonly Found[]): string {
  const starts = [0, ...found.map(({ end }) => end)];
  const rest = starts.map((from, nth) => prompt.slice(from, found[nth]?.from));
  return rest
    .join(' ')
    .replace(/[ \t]+/g, ' ')
    .trim();
}
