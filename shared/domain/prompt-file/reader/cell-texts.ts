import { nameList } from '../../canonical-name.ts';
import { isSpreadsheetError, spreadsheetError } from '../cell-values.ts';
import { decodeCell } from '../cells.ts';
import { isKnownColumn, quoted } from '../columns.ts';
import { type Rejection, rejected } from '../format.ts';
import { windowsText } from './windows-text.ts';

/** What programs write for no value (pandas, R, SQL dumps). */
const MISSING = /^(?:nan|null|\(null\)|\\n|<na>|nat|#n\/a)$/i;
/** Further ones in a prompt. */
const NO_PROMPT = /^(?:none|n\/a|n\.a\.|na|nil|undefined|-?nan|#na|<null>)$/i;
/** In columns where no ordinary word is meant. */
const NOTHING = /^(?:nan|null|\(null\)|\\n|<na>|nat|#n\/a|n\/a|na|nil|undefined|-)$/i;
const PYTHON_NOTHING = 'None';
const WORDS = new Set(nameList('prompt, prompt_prefix, system, id, name, tags, references'));

/** The apostrophe that keeps a spreadsheet from running a cell (our manifests, OWASP). */
const ESCAPED_FORMULA = /^'(?='*[=+\-@＝＋－＠])/;

const FORMULA = /^=[A-Z][A-Z.]*\(/i;
/** How Excel keeps a text from becoming a number: `="00123"`. */
const KEPT_TEXT = /^\s*="((?:[^"]|"")*)"\s*$/;

/** A cell of delimited text (`latin1`) as its column means it, or why it is rejected. */
export function cellMeaning(bytes: string, column: string): string | Rejection {
  const decoded = decodeCell(bytes, column);
  const written = typeof decoded === 'string' ? decoded : windowsText(bytes);
  if (written === undefined) return decoded;
  const text = KEPT_TEXT.exec(written)?.[1]?.replaceAll('""', '"') ?? written;
  const meaning = isKnownColumn(column) ? writtenForNothing(text.trim(), column) : undefined;
  return meaning ?? text.replace(ESCAPED_FORMULA, '');
}

/** The meaning of what programs write into one of our cells for no value; undefined if it is a value. */
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
