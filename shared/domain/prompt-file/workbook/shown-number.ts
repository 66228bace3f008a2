import { format, isDateFormat } from 'numfmt';

/** Built-in patterns by number (ECMA-376, part 1, 18.8.30); localised dates are ISO. */
const BUILT_IN: Readonly<Record<number, string>> = {
  0: 'General',
  1: '0',
  2: '0.00',
  3: '#,##0',
  4: '#,##0.00',
  9: '0%',
  10: '0.00%',
  11: '0.00E+00',
  12: '# ?/?',
  13: '# ??/??',
  14: 'yyyy-mm-dd',
  15: 'd-mmm-yy',
  16: 'd-mmm',
  17: 'mmm-yy',
  18: 'h:mm AM/PM',
  19: 'h:mm:ss AM/PM',
  20: 'h:mm',
  21: 'h:mm:ss',
  22: 'yyyy-mm-dd h:mm',
  37: '#,##0 ;(#,##0)',
  38: '#,##0 ;(#,##0)',
  39: '#,##0.00;(#,##0.00)',
  40: '#,##0.00;(#,##0.00)',
  45: 'mm:ss',
  46: '[h]:mm:ss',
  47: 'mmss.0',
  48: '##0.0E+0',
  49: '@',
};
/** Localised long date and time. */
const SYSTEM_DATE = /^\[\$-(x-sysdate|F800)\]/i;
const SYSTEM_TIME = /^\[\$-(x-systime|F400)\]/i;
/** Days between the two calendars of workbooks. */
const DAYS_TO_1904 = 1462;

/** The pattern of a number format; `own` are the workbook's. */
export function patternOf(id: number, own: ReadonlyMap<number, string>): string {
  const pattern = own.get(id) ?? BUILT_IN[id] ?? 'General';
  if (SYSTEM_DATE.test(pattern)) return 'yyyy-mm-dd';
  return SYSTEM_TIME.test(pattern) ? 'hh:mm:ss' : pattern;
}

/** A number as its cell shows it, by default with all digits that a spreadsheet keeps. */
export function shownNumber(text: string, pattern: string, countsFrom1904: boolean): string {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) return text;
  const plain = String(Number(value.toPrecision(15)));
  if (/^general$/i.test(pattern)) return plain;
  try {
    const day = countsFrom1904 && isDateFormat(pattern) ? value + DAYS_TO_1904 : value;
    return format(pattern, day).trim() || plain;
  } catch {
    return plain;
  }
}
