import { crc32, deflateRawSync } from 'node:zlib';

/** A cell as it is written in a sheet: text, a number, or XML of its own. */
export type TestCell = string | number | undefined | { readonly xml: string };

const HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

export interface TestWorkbook {
  /** Number formats by style, from 1; style 0 is General. */
  readonly styles?: readonly string[];
  readonly countsFrom1904?: boolean;
  readonly sheets: readonly {
    readonly name: string;
    readonly state?: string;
    readonly rows: readonly (readonly TestCell[])[];
  }[];
  /** Parts in place of those that are written, or beside them. */
  readonly parts?: Readonly<Record<string, string>>;
}

/** A workbook as spreadsheet programs write them: texts are shared, the sheet is packed. */
export function workbook({ styles = [], countsFrom1904, sheets, parts = {} }: TestWorkbook): Buffer {
  const texts: string[] = [];
  const sheetParts = sheets.map(({ rows }) => sheetXml(rows, texts));
  const relations = [
    ...sheets.map((_, n) => relation(n + 1, 'worksheet', `worksheets/sheet${n + 1}.xml`)),
    relation(sheets.length + 1, 'styles', 'styles.xml'),
    relation(sheets.length + 2, 'sharedStrings', '/xl/sharedStrings.xml'),
  ];
  const names = sheets.map(
    ({ name, state }, n) =>
      `<sheet name="${escaped(name)}" sheetId="${n + 1}"${state === undefined ? '' : ` state="${state}"`} r:id="rId${n + 1}"/>`,
  );
  const formats = styles.map((code, n) => `<numFmt numFmtId="${n + 164}" formatCode="${escaped(code)}"/>`);
  return zip({
    '[Content_Types].xml': `${HEADER}<Types/>`,
    '_rels/.rels': relationships([relation(1, 'officeDocument', 'xl/workbook.xml')]),
    'xl/workbook.xml': `${HEADER}<workbook xmlns:r="${OFFICE}"><workbookPr${countsFrom1904 ? ' date1904="1"' : ''}/><sheets>${names.join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relationships(relations),
    ...Object.fromEntries(sheetParts.map((xml, n) => [`xl/worksheets/sheet${n + 1}.xml`, xml])),
    'xl/styles.xml': `${HEADER}<styleSheet><numFmts>${formats.join('')}</numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>${styles.map((_, n) => `<xf numFmtId="${n + 164}"/>`).join('')}</cellXfs></styleSheet>`,
    'xl/sharedStrings.xml': `${HEADER}<sst>${texts.map((text) => `<si><t xml:space="preserve">${escaped(text)}</t></si>`).join('')}</sst>`,
    ...parts,
  });
}

function sheetXml(rows: readonly (readonly TestCell[])[], texts: string[]): string {
  const lines = rows.map((cells, row) => {
    if (cells.length === 0) return '';
    const written = cells.map((cell, column) => cellXml(cell, `${letters(column)}${row + 1}`, texts));
    return `<row r="${row + 1}">${written.join('')}</row>`;
  });
  return `${HEADER}<worksheet><sheetData>${lines.join('')}</sheetData></worksheet>`;
}

function cellXml(cell: TestCell, place: string, texts: string[]): string {
  if (cell === undefined) return '';
  if (typeof cell === 'object') return cell.xml.replace('<c', `<c r="${place}"`);
  if (typeof cell === 'number') return `<c r="${place}"><v>${cell}</v></c>`;
  texts.push(cell);
  return `<c r="${place}" t="s"><v>${texts.length - 1}</v></c>`;
}

function letters(column: number): string {
  const last = String.fromCharCode(65 + (column % 26));
  return column < 26 ? last : letters(Math.floor(column / 26) - 1) + last;
}

function relation(id: number, kind: string, target: string): string {
  return `<Relationship Id="rId${id}" Type="${OFFICE}/${kind}" Target="${target}"/>`;
}

function relationships(all: readonly string[]): string {
  return `${HEADER}<Relationships>${all.join('')}</Relationships>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

/** An archive with these files. */
export function zip(files: Readonly<Record<string, string | Buffer>>): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const bytes = Buffer.from(content);
    const packed = deflateRawSync(bytes);
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(8, 4);
    facts.writeUInt32LE(crc32(bytes), 10);
    facts.writeUInt32LE(packed.length, 14);
    facts.writeUInt32LE(bytes.length, 18);
    facts.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), facts, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), facts, rest, Buffer.from(name));
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(Object.keys(files).length, 8);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, central, end]);
}
