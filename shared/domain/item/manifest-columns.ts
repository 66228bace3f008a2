import { nameList } from '../canonical-name.ts';
import { IMAGE_SETTINGS, SETTING_NAMES } from './image-settings.ts';

/** A manifest's results; other columns say what was asked. */
const RESULT_COLUMNS = nameList(`
  row, variant, state, file, type, width, height, bytes, sha256, credits, credits_unknown_max, code, message,
  mismatch, extras, reused_from, notice, text`);
type ResultColumn = (typeof RESULT_COLUMNS)[number];

/** In order; earlier columns keep their places. */
export const MANIFEST_COLUMNS: readonly string[] = [
  'row',
  'variant',
  'id',
  ...RESULT_COLUMNS.slice(2, 11),
  'model',
  'prompt',
  'tags',
  ...RESULT_COLUMNS.slice(11),
  'name',
  ...SETTING_NAMES.filter((name) => name !== 'model').map((name) => IMAGE_SETTINGS[name].column),
  'references',
];

const SIGNS: readonly ResultColumn[] = ['row', 'variant', 'state', 'sha256', 'credits'];

/** Whether a file's columns are a manifest's, which can be submitted again. */
export function isManifest(columns: readonly string[]): boolean {
  return SIGNS.every((sign) => columns.includes(sign));
}

export function isResultColumn(column: string): column is ResultColumn {
  return RESULT_COLUMNS.some((each) => each === column);
}
