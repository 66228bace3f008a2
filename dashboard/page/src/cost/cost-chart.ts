import type { ChartSeries } from '../parts/chart.tsx';

export type CostRow = Readonly<Record<string, string | number | null>>;

export interface Cost {
  readonly from: string;
  readonly to: string;
  readonly by: readonly string[];
  readonly tz: string;
  readonly source: string;
  readonly rows: readonly CostRow[];
  readonly total: CostRow;
}

const MOST_SERIES = 6;

/** Days on the x axis, all of the window; at most six series, the dearest, and "others". */
export function chartOf({ from, to, rows }: Cost, by: string): { times: number[]; series: ChartSeries[] } {
  const days = daysBetween(from, to);
  const sums = new Map<string, number>();
  for (const row of rows) {
    const name = String(row[by] || '(none)');
    sums.set(name, (sums.get(name) ?? 0) + Number(row.creditsMicro));
  }
  const byCost = [...sums].sort(([, a], [, b]) => b - a).map(([name]) => name);
  const own = byCost.slice(0, byCost.length > MOST_SERIES ? MOST_SERIES - 1 : MOST_SERIES);
  const names = own.length < byCost.length ? [...own, 'others'] : own;
  const values = names.map(() => days.map(() => 0));
  for (const row of rows) {
    const name = String(row[by] || '(none)');
    const nth = own.includes(name) ? own.indexOf(name) : names.length - 1;
    const day = days.indexOf(String(row.day));
    const line = values[nth];
    if (line !== undefined && day >= 0) line[day] = (line[day] ?? 0) + Number(row.creditsMicro) / 1_000_000;
  }
  return {
    times: days.map((day) => Date.parse(`${day}T00:00:00Z`) / 1_000),
    series: names.map((label, nth) => ({
      label,
      values: values[nth] ?? [],
      color: `--chart${(nth % MOST_SERIES) + 1}`,
    })),
  };
}

function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let ms = Date.parse(`${from}T00:00:00Z`); ms <= Date.parse(`${to}T00:00:00Z`); ms += 86_400_000) {
    days.push(new Date(ms).toISOString().slice(0, 10));
  }
  return days;
}
