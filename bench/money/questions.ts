import { FIRST_DAY, LAST_DAY } from './charges.ts';

export const YEAR = ['--from', FIRST_DAY, '--to', LAST_DAY];
export const MONTH = ['--from', '2026-10-01', '--to', '2026-10-31'];
/** What is exported: every dimension that a question asks by, without days and with them. */
export const EXPORTS = {
  charges: 'month,model,outcome,provider,price,size,user,tag:campaign',
  days: 'day,model,outcome,provider',
} as const;

interface Question {
  readonly by: string;
  readonly where?: string;
  readonly window?: readonly string[];
  /** Of the export by days, which knows no prices, sizes, users and tags. */
  readonly isOfDays?: true;
  /** What `where` and `window` say, in SQL. */
  readonly sql?: string;
}

/** What is answered twice: by `pressrun cost`, and by SQL over its export. */
export const QUESTIONS: readonly Question[] = [
  { by: 'month' },
  { by: 'model' },
  { by: 'outcome' },
  { by: 'provider' },
  { by: 'price' },
  { by: 'size' },
  { by: 'user' },
  { by: 'tag:campaign' },
  { by: 'month,model' },
  { by: 'month,provider' },
  { by: 'month,user' },
  { by: 'month,outcome' },
  { by: 'model,size' },
  { by: 'model,price' },
  { by: 'provider,price' },
  { by: 'user,tag:campaign' },
  { by: 'tag:campaign,outcome' },
  { by: 'month,tag:campaign' },
  { by: 'day', isOfDays: true },
  { by: 'day,model', isOfDays: true },
  { by: 'day,outcome', isOfDays: true },
  { by: 'model', where: 'outcome!=image', sql: "outcome <> 'image'" },
  { by: 'user', where: 'outcome=unknown', sql: "outcome = 'unknown'" },
  { by: 'tag:campaign', where: 'user=ann', sql: "user = 'ann'" },
  { by: 'month', where: 'tag:campaign=c07', sql: `"tag:campaign" = 'c07'` },
  { by: 'size', where: 'provider=google,user!=bob', sql: "provider = 'google' AND user <> 'bob'" },
  {
    by: 'price',
    where: 'model=router-pro,model=google-flash',
    sql: "model IN ('router-pro', 'google-flash')",
  },
  { by: 'user', window: MONTH, sql: "month = '2026-10'" },
  { by: 'tag:campaign', window: MONTH, sql: "month = '2026-10'" },
  { by: 'day', window: MONTH, isOfDays: true, sql: "day BETWEEN '2026-10-01' AND '2026-10-31'" },
];

/** What is timed, by what a finance person would call it. The bounds: a month in 2 s, the year in 15 s, 300 MB. */
export const TIMED: readonly (readonly [what: string, args: readonly string[]])[] = [
  ['month by day and model', ['cost', '--by', 'day,model', ...MONTH]],
  ['month by campaign', ['cost', '--by', 'tag:campaign', ...MONTH]],
  ['month by price, size, provider, user', ['cost', '--by', 'price,size,provider,user', ...MONTH]],
  ['month in days of Berlin', ['cost', '--by', 'day,model', '--tz', 'Europe/Berlin', ...MONTH]],
  ['month, ten dearest batches', ['cost', '--by', 'batch', '--top', '10', ...MONTH]],
  [
    'month, waste by user',
    ['cost', '--by', 'user', '--where', 'outcome!=image', '--sort', 'waste', ...MONTH],
  ],
  ['month beside the one before', ['cost', '--by', 'provider', '--compare', 'previous', ...MONTH]],
  ['month as CSV', ['cost', '--by', 'day,model,user', '--format', 'csv', '--csv-locale', 'de', ...MONTH]],
  ['month as FOCUS', ['cost', '--by', 'price,tag:campaign', '--format', 'focus', ...MONTH]],
  ['month at another price', ['cost', 'recompute', '--price', 'router-pro-1', ...MONTH]],
  ['month verified', ['cost', 'verify', ...MONTH]],
  ['year by month and model', ['cost', '--by', 'month,model', ...YEAR]],
  ['year by campaign', ['cost', '--by', 'tag:campaign', ...YEAR]],
  ['year by month, price, size, user', ['cost', '--by', 'month,price,size,user', ...YEAR]],
  ['year in days of Berlin', ['cost', '--by', 'month', '--tz', 'Europe/Berlin', ...YEAR]],
  ['year as CSV', ['cost', '--by', EXPORTS.charges, '--format', 'csv', ...YEAR]],
  ['year as FOCUS', ['cost', '--by', 'price,tag:campaign', '--format', 'focus', ...YEAR]],
  ['year verified', ['cost', 'verify', ...YEAR]],
  ['forecast of the quarter', ['cost', '--forecast', 'quarter']],
  ['corrections', ['reconcile', 'corrections']],
];
