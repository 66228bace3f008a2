import { Cron } from 'croner';

/** A cron expression's wall-clock times, as if in UTC. */
export type CronCalendar = Pick<Cron, 'nextRun' | 'previousRuns'>;

type ParsedCron =
  | { readonly kind: 'cron'; readonly expression: string; readonly calendar: CronCalendar }
  | { readonly kind: 'problem'; readonly message: string };

const FIELDS = ['minute', 'hour', 'day of the month', 'month', 'day of the week'] as const;
const PLAIN = /^(\*|(\d{1,2}|[A-Z]{3})(-(\d{1,2}|[A-Z]{3}))?)(\/\d{1,2})?$/;
const SPECIAL_DAY = /^(L|\d{1,2}W)$/;
const SPECIAL_WEEKDAY = /^([0-7]|[A-Z]{3})(L|#[1-5])$/;
/** A first time exists on any day, or never. */
const ANY_DAY = new Date('2000-01-01T00:00:00Z');
const MOST_AWS_CHARACTERS = 256;

/** Reads five-field cron with `L`, `15W`, `FRI#2`, `5L`, as far as EventBridge Scheduler takes it. A problem is one line. */
export function parseCron(text: string): ParsedCron {
  const fields = text.trim().toUpperCase().split(/\s+/);
  if (fields.length !== FIELDS.length) return problem(text, `it must have five fields: ${FIELDS.join(', ')}`);
  const wrong = FIELDS.find((name, index) => !isReadable(name, fields[index] ?? ''));
  if (wrong !== undefined) return problem(text, `the ${wrong} cannot be read`);
  const [, , day, , weekday] = fields;
  if (!isAny(day) && !isAny(weekday)) {
    return problem(
      text,
      'it names days of the month and of the week: one of them must be *, or make two schedules',
    );
  }
  const expression = fields.join(' ');
  try {
    const calendar = new Cron(expression, { timezone: 'UTC', mode: '5-part', paused: true });
    if (calendar.nextRun(ANY_DAY) === null) return problem(text, 'it never matches a date');
    if (toAwsCron(expression).length > MOST_AWS_CHARACTERS) return problem(text, 'it is too long: use steps');
    return { kind: 'cron', expression, calendar };
  } catch (error) {
    return problem(
      text,
      error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error),
    );
  }
}

/** For EventBridge Scheduler: `cron(0 8 ? * 2 *)`, with lists, ranges and steps written out. */
export function toAwsCron(expression: string): string {
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = expression.split(' ');
  const days = isAny(day) && !isAny(weekday) ? '?' : awsField(day, 1, 31);
  const weekdays = isAny(weekday) ? '?' : awsWeekdays(weekday);
  return `cron(${awsField(minute, 0, 59)} ${awsField(hour, 0, 23)} ${days} ${awsField(month, 1, 12)} ${weekdays} *)`;
}

function isReadable(name: (typeof FIELDS)[number], field: string): boolean {
  if (name === 'day of the month' && (field === '?' || SPECIAL_DAY.test(field))) return true;
  if (name === 'day of the week' && (field === '?' || SPECIAL_WEEKDAY.test(field))) return true;
  return field.split(',').every((part) => PLAIN.test(part));
}

function isAny(field: string | undefined): boolean {
  return field === '*' || field === '?';
}

function awsField(field: string, least: number, most: number): string {
  if (isAny(field)) return '*';
  return SPECIAL_DAY.test(field) ? field : valuesOf(field, least, most).join(',');
}

/** Sunday is 1 there; here 0, or 7. */
function awsWeekdays(field: string): string {
  const special = SPECIAL_WEEKDAY.exec(field);
  if (special !== null) return `${(numberOf(special[1] ?? '') % 7) + 1}${special[2]}`;
  const days = valuesOf(field, 0, 6).map((value) => (value % 7) + 1);
  return [...new Set(days)].sort((a, b) => a - b).join(',');
}

function valuesOf(field: string, least: number, most: number): number[] {
  const values = field.split(',').flatMap((part) => {
    const [range = '', step = '1'] = part.split('/');
    const [from = '', to = from] = range.split('-');
    const first = range === '*' ? least : numberOf(from);
    const last = range === '*' ? most : numberOf(to);
    const count = Math.floor((last - first) / Number(step)) + 1;
    return Array.from({ length: Math.max(0, count) }, (_, index) => first + index * Number(step));
  });
  return [...new Set(values)].sort((a, b) => a - b);
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

function numberOf(text: string): number {
  if (MONTHS.includes(text)) return MONTHS.indexOf(text) + 1;
  return WEEKDAYS.includes(text) ? WEEKDAYS.indexOf(text) : Number(text);
}

function problem(text: string, why: string): ParsedCron {
  return { kind: 'problem', message: `"${text}" is not a usable cron expression: ${why}` };
}
