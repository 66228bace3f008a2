import { posix } from 'node:path';
import { WorkbookError } from './sheet-text.ts';
import { patternOf } from './shown-number.ts';
import { type XmlEvent, xmlEvents } from './xml-events.ts';
import type { ZipParts } from './zip-parts.ts';

const MOST_PART_BYTES = 16 * 1024 * 1024;
/** Shared texts of cells, all of which are kept. */
const MOST_TEXT_BYTES = 96 * 1024 * 1024;
const MOST_ONE_TEXT = 1024 * 1024;

export interface Sheet {
  readonly name: string;
  readonly part: string;
  readonly isHidden: boolean;
}

export interface WorkbookParts {
  readonly sheets: readonly Sheet[];
  readonly countsFrom1904: boolean;
  /** By a cell's style. */
  readonly patterns: readonly string[];
  readonly texts: readonly string[];
}

export async function readWorkbook(zip: ZipParts): Promise<WorkbookParts> {
  const [main] = await related(zip, '', 'officeDocument');
  if (main === undefined) throw new WorkbookError('it has no workbook in it');
  const worksheets = new Map(
    (await related(zip, main.target, 'worksheet')).map(({ id, target }) => [id, target]),
  );
  const [styles] = await related(zip, main.target, 'styles');
  const [texts] = await related(zip, main.target, 'sharedStrings');
  const sheets: Sheet[] = [];
  let countsFrom1904 = false;
  for await (const { name, attributes } of opened(zip, main.target)) {
    if (name === 'workbookPr') countsFrom1904 = /^(1|true)$/.test(attributes.date1904 ?? '');
    const part = worksheets.get(attributes.id ?? '');
    if (name !== 'sheet' || part === undefined) continue;
    sheets.push({ name: attributes.name ?? '', part, isHidden: /hidden/i.test(attributes.state ?? '') });
  }
  return {
    sheets,
    countsFrom1904,
    patterns: styles === undefined ? [] : await readPatterns(zip, styles.target),
    texts: texts === undefined ? [] : await readTexts(zip, texts.target),
  };
}

type OpenEvent = Extract<XmlEvent, { kind: 'open' }>;

async function* opened(zip: ZipParts, part: string): AsyncGenerator<OpenEvent> {
  for await (const event of xmlEvents(zip.open(part, MOST_PART_BYTES)))
    if (event.kind === 'open') yield event;
}

/** The parts of a kind that a part refers to. */
async function related(zip: ZipParts, part: string, kind: string): Promise<{ id: string; target: string }[]> {
  const folder = posix.dirname(part);
  const list = posix.join(folder, '_rels', `${posix.basename(part)}.rels`);
  if (!zip.names.has(list.toLowerCase())) return [];
  const found: { id: string; target: string }[] = [];
  for await (const { name, attributes } of opened(zip, list)) {
    const { Id: id = '', Type: type = '', Target: target = '' } = attributes;
    if (name !== 'Relationship' || !type.endsWith(`/${kind}`)) continue;
    found.push({ id, target: target.startsWith('/') ? target.slice(1) : posix.join(folder, target) });
  }
  return found;
}

async function readPatterns(zip: ZipParts, part: string): Promise<string[]> {
  const own = new Map<number, string>();
  const patterns: string[] = [];
  let isInCells = false;
  for await (const event of xmlEvents(zip.open(part, MOST_PART_BYTES))) {
    if (event.kind === 'text') continue;
    if (event.name === 'cellXfs') isInCells = event.kind === 'open';
    if (event.kind === 'close') continue;
    const id = Number(event.attributes.numFmtId);
    if (event.name === 'numFmt') own.set(id, event.attributes.formatCode ?? '');
    if (event.name === 'xf' && isInCells) patterns.push(patternOf(id, own));
  }
  return patterns;
}

async function readTexts(zip: ZipParts, part: string): Promise<string[]> {
  const texts: string[] = [];
  const text = richText();
  for await (const event of xmlEvents(zip.open(part, MOST_TEXT_BYTES))) {
    if (event.kind === 'open' && event.name === 'si') text.begin();
    text.see(event);
    if (event.kind === 'close' && event.name === 'si') texts.push(text.end());
  }
  return texts;
}

/** Joins a rich text's runs, without its phonetic hints. */
export function richText() {
  let text = '';
  let isText = false;
  let isAloud = false;
  return {
    begin: () => {
      text = '';
    },
    see: (event: XmlEvent) => {
      if (event.kind === 'text') {
        if (isText && !isAloud) text += event.text;
        if (text.length > MOST_ONE_TEXT) throw new WorkbookError('a text in it is over 1 MB');
        return;
      }
      if (event.name === 't') isText = event.kind === 'open';
      if (event.name === 'rPh') isAloud = event.kind === 'open';
    },
    end: () => unescaped(text),
  };
}

/** `_x000D_` is a character that XML can't hold. */
export function unescaped(text: string): string {
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}
