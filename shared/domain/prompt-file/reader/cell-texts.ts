import { isSpreadsheetError, spreadsheetError } from '../cell-values.ts';
import { decodeCell } from '../cells.ts';
import { isKnownColumn, quoted } from '../columns.ts';
import { type Rejection, rejected } from '../format.ts';
import { windowsText } from './windows-text.ts';

/** What programs write if there is nothing (pandas, R, SQL dumps). */
const MISSING = /^(?:nan|null|\(null\)|\\n|<na>|nat|#n\/a)$/i;
/** The same where a prompt should be. */
const NO_PROMPT = /^(?:none|n\/a|n\.a\.|na|nil|undefined|-?nan|#na|<null>)$/i;
/** The same, of columns in which a word of every day cannot be meant. */
const NOTHING = /^(?:nan|null|\(null\)|\\n|<na>|nat|#n\/a|n\/a|na|nil|undefined|-)$/i;
const PYTHON_NOTHING = 'None';
const WORDS: ReadonlySet<string> = new Set([
  'prompt',
  'prompt_prefix',
  'system',
  'id',
  'name',
  'tags',
  'references',
]);

/** As a spreadsheet must not run it, a cell that begins like a formula has an apostrophe before it (our manifests, OWASP). */
const ESCAPED_FORMULA = /^'(?='*[=+\-@＝＋－＠])/;

const FORMULA = /^=[A-Z][A-Z.]*\(/i;
/** How a text is kept from being read as a number by Excel: `="00123"`. */
const KEPT_TEXT = /^\s*="((?:[^"]|"")*)"\s*$/;

/** A cell of delimited text (`latin1`) as what it means in its column; or why it means nothing that could be generated. */
export function cellMeaning(bytes: string, column: string): string | Rejection {
  const decoded = decodeCell(bytes, column);
  const written = typeof decoded === 'string' ? decoded : windowsText(bytes);
  if (written === undefined) return decoded;
  const text = KEPT_TEXT.exec(written)?.[1]?.replaceAll('""', '"') ?? written;
  const meaning = isKnownColumn(column) ? writtenForNothing(text.trim(), column) : undefined;
  return meaning ?? text.replace(ESCAPED_FORMULA, '');
}

/** What programs write where a cell of ours has no value, as what it means; undefined if it is a value. */
function writtenForNothing(plain: string, column: string): '' | Rejection | undefined {
  if (column === 'prompt' && (MISSING.test(plain) || NO_PROMPT.test(plain))) {
    return rejected(
      `${quoted([plain])} is what programs write for an empty cell: write a prompt, or take the row out`,
      column,
    );
  }
  if (column === 'prompt' && FORMULA.test(plain)) {
    return rejected(
      `${quoted([plain])} is a formula, not what it says: save its values, and the file again`,
      column,
    );
  }
  const isWord = WORDS.has(column);
  const isNothing = (isWord ? MISSING : NOTHING).test(plain) || (!isWord && plain === PYTHON_NOTHING);
  if (isNothing && column !== 'prompt_prefix') return '';
  return isSpreadsheetError(plain) ? spreadsheetError(plain, column) : undefined;
}
