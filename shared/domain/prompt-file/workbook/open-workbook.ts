import { type FileBytes, type FileProblem, fileProblem } from '../format.ts';
import { sheetAsCsv } from './sheet-as-csv.ts';
import { sheetRows } from './sheet-rows.ts';
import { WorkbookError } from './sheet-text.ts';
import { readWorkbook, type Sheet } from './workbook-parts.ts';
import { openZip, type ZipParts } from './zip-parts.ts';

/** A sheet to read as CSV, repeatedly. */
interface OpenSheet {
  readonly kind: 'sheet';
  readonly name: string;
  readonly others: readonly string[];
  asCsv(): AsyncIterable<Uint8Array>;
}

/** Opens the sheet of that name, by default the first visible one. */
export async function openWorkbook(
  file: FileBytes,
  sheetName: string | undefined,
): Promise<OpenSheet | FileProblem> {
  try {
    const zip = await openZip(file);
    const foreign = foreignArchive(zip);
    if (foreign !== undefined) return fileProblem(foreign);
    const workbook = await readWorkbook(zip);
    const sheet = chosenSheet(workbook.sheets, sheetName);
    if ('message' in sheet) return sheet;
    const others = workbook.sheets.filter((each) => each !== sheet && !each.isHidden).map(({ name }) => name);
    return {
      kind: 'sheet',
      name: sheet.name,
      others,
      asCsv: () => sheetAsCsv(sheetRows(zip, sheet.part, workbook)),
    };
  } catch (error) {
    if (!(error instanceof WorkbookError)) throw error;
    return fileProblem(`the workbook cannot be read: ${error.message}`);
  }
}

function chosenSheet(sheets: readonly Sheet[], name: string | undefined): Sheet | FileProblem {
  const names = sheets.map((sheet) => `"${sheet.name}"`).join(', ');
  if (name === undefined) {
    return (
      sheets.find(({ isHidden }) => !isHidden) ?? fileProblem('the workbook has no sheet that can be seen')
    );
  }
  const isAsked = (sheet: Sheet) => sheet.name.trim().toLowerCase() === name.trim().toLowerCase();
  return sheets.find(isAsked) ?? fileProblem(`the workbook has no sheet "${name}"; it has ${names}`);
}

/** What an archive is that is no workbook, and what to do. */
function foreignArchive({ names }: ZipParts): string | undefined {
  if (names.has('[content_types].xml') && [...names].some((name) => name.endsWith('workbook.xml')))
    return undefined;
  if (names.has('xl/workbook.bin'))
    return 'the file is a binary Excel workbook (.xlsb): save it as .xlsx or CSV (UTF-8)';
  if (names.has('content.xml') && names.has('mimetype')) {
    return 'the file is an OpenDocument spreadsheet (.ods): save it as .xlsx or CSV (UTF-8)';
  }
  if ([...names].some((name) => name.endsWith('.iwa'))) {
    return 'the file is a Numbers spreadsheet: export it as Excel (.xlsx) or CSV (UTF-8)';
  }
  if (names.has('word/document.xml'))
    return 'the file is a Word document (.docx): save the prompts as CSV (UTF-8) or .txt';
  return 'the file is a zip archive without a workbook in it: unpack it, and give the file inside';
}
