import { useEffect, useMemo, useState } from 'preact/hooks';
import { ApiError, getJson } from '../lib/api.ts';
import { counted, credits, dollars, exactCredits } from '../lib/format.ts';
import { address, go, withQuery } from '../lib/route.ts';
import { commandFor } from '../lib/stage.ts';
import { Chart, type ChartSeries } from '../parts/chart.tsx';
import { Command } from '../parts/command.tsx';
import { FailurePanel } from '../parts/failure-panel.tsx';
import { Budgets } from './budgets.tsx';

type CostRow = Readonly<Record<string, string | number | null>>;

interface Cost {
  readonly from: string;
  readonly to: string;
  readonly by: readonly string[];
  readonly tz: string;
  readonly source: string;
  readonly rows: readonly CostRow[];
  readonly total: CostRow;
}

const WINDOWS = [
  ['7d', '7 days'],
  ['30d', '30 days'],
  ['1m', 'month'],
  ['12m', 'year'],
] as const;
const DIMENSIONS = ['model', 'batch', 'outcome', 'schedule', 'basis'];
const MOST_SERIES = 6;

/** What was spent: the same numbers as `cost --json`. */
export default function CostPage() {
  const { query } = address.value;
  const last = query.last ?? '7d';
  const by = query.by ?? 'model';
  const tz = query.tz ?? 'UTC';
  const [cost, setCost] = useState<Cost | undefined>();
  const [problem, setProblem] = useState<ApiError | undefined>();
  const question = `last=${last}&by=day,${encodeURIComponent(by)}&tz=${encodeURIComponent(tz)}`;
  useEffect(() => {
    document.title = 'Cost · pressrun';
    getJson<Cost>(`/api/v1/cost?${question}`).then(
      (answer) => {
        setCost(answer);
        setProblem(undefined);
      },
      (error: unknown) => {
        if (error instanceof ApiError) setProblem(error);
      },
    );
  }, [question]);
  const zones = useMemo(() => [...new Set(['UTC', Intl.DateTimeFormat().resolvedOptions().timeZone])], []);
  if (problem !== undefined && cost === undefined) return <FailurePanel error={problem} />;
  const set = (changes: Record<string, string>) => go(withQuery(changes), 'replace');
  return (
    <main class="scrolls">
      <div class="sheet">
        <h1 class="hidden">Cost</h1>
        <section class="panel stack">
          <div class="row">
            <fieldset class="segments">
              <legend class="hidden">Window</legend>
              {WINDOWS.map(([value, word]) => (
                <button
                  key={value}
                  type="button"
                  aria-pressed={last === value}
                  onClick={() => set({ last: value })}
                >
                  {word}
                </button>
              ))}
            </fieldset>
            <label class="check">
              by day ×
              <select value={by} onChange={(event) => set({ by: event.currentTarget.value })}>
                {[...new Set([...DIMENSIONS, by])].map((each) => (
                  <option key={each}>{each}</option>
                ))}
              </select>
            </label>
            <TagChoice onChoose={(tag) => set({ by: `tag:${tag}` })} />
            <label class="check">
              days in
              <select value={tz} onChange={(event) => set({ tz: event.currentTarget.value })}>
                {zones.map((zone) => (
                  <option key={zone}>{zone}</option>
                ))}
              </select>
            </label>
            <a class="button end" href={`/api/v1/cost.csv?${question}`} download>
              CSV
            </a>
          </div>
          {cost !== undefined && <Statement cost={cost} by={by} />}
          <Command
            text={commandFor(`cost --last ${last} --by day,${by}${tz === 'UTC' ? '' : ` --tz ${tz}`}`)}
          />
        </section>
        <Budgets />
      </div>
    </main>
  );
}

function TagChoice({ onChoose }: { readonly onChoose: (tag: string) => void }) {
  return (
    <input
      type="text"
      class="tag-name"
      placeholder="tag name, Enter"
      aria-label="By a tag"
      onKeyDown={(event) => {
        const { value } = event.currentTarget;
        if (event.key === 'Enter' && value.trim() !== '') onChoose(value.trim());
      }}
    />
  );
}

function Statement({ cost, by }: { readonly cost: Cost; readonly by: string }) {
  const { from, to, tz, source, rows, total } = cost;
  const chart = useMemo(() => chartOf(cost, by), [cost, by]);
  const micro = (row: CostRow, field: string) => Number(row[field] ?? 0);
  return (
    <>
      <p class="spent" aria-live="polite">
        Spent from {from} to {to} (days in {tz}):{' '}
        <b data-total={micro(total, 'creditsMicro')}>{exactCredits(micro(total, 'creditsMicro'))}</b> credits{' '}
        {dollars(micro(total, 'creditsMicro'), micro(total, 'usdPerCredit'))} · waste{' '}
        {credits(micro(total, 'wasteMicro'))}
        {micro(total, 'unknownMaxMicro') > 0 &&
          ` · unconfirmed at most ${credits(micro(total, 'unknownMaxMicro'))}`}
      </p>
      {rows.length === 0 ? (
        <p class="dim">Nothing was spent in these days.</p>
      ) : (
        <>
          <Chart
            kind="stack"
            times={chart.times}
            series={chart.series}
            label={`Credits by day and ${by}`}
            unit={compact}
          />
          <ul class="legend">
            {chart.series.map(({ label, color }) => (
              <li key={label}>
                <span class="swatch" style={{ background: `var(${color})` }} /> {label}
              </li>
            ))}
          </ul>
          <div class="table-scroll">
            <table class="cost-table">
              <thead>
                <tr>
                  <th>day</th>
                  <th>{by}</th>
                  <th class="number">images</th>
                  <th class="number">attempts</th>
                  <th class="number">credits</th>
                  <th class="number">≈ $</th>
                  <th class="number">per image</th>
                  <th class="number">waste</th>
                  <th class="number">unconfirmed</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={`${row.day} ${row[by]}`}>
                    <td>{row.day}</td>
                    <td class="cut name">{row[by] || '(none)'}</td>
                    <Figures row={row} />
                  </tr>
                ))}
              </tbody>
              <tfoot>
                <tr>
                  <td>total</td>
                  <td />
                  <Figures row={total} />
                </tr>
              </tfoot>
            </table>
          </div>
          <p class="dim small">
            From {source}. ≈ $ at {micro(total, 'usdPerCredit')} a credit; actual charges may vary. Waste:
            calls without an image that is kept. Unconfirmed: the most that calls without a response can cost.
          </p>
        </>
      )}
    </>
  );
}

function Figures({ row }: { readonly row: CostRow }) {
  const micro = (field: string) => Number(row[field] ?? 0);
  return (
    <>
      <td class="number">{counted(micro('images'))}</td>
      <td class="number">{counted(micro('attempts'))}</td>
      <td class="number" data-credits={micro('creditsMicro')}>
        {exactCredits(micro('creditsMicro'))}
      </td>
      <td class="number">{dollars(micro('creditsMicro'), micro('usdPerCredit')).slice(2)}</td>
      <td class="number">
        {row.creditsMicroPerImage === null ? '–' : credits(micro('creditsMicroPerImage'))}
      </td>
      <td class="number">{credits(micro('wasteMicro'))}</td>
      <td class="number">{credits(micro('unknownMaxMicro'))}</td>
    </>
  );
}

function compact(value: number): string {
  return value.toLocaleString('en-US', { notation: 'compact', maximumFractionDigits: 1 });
}

/** Days on the x axis, all of the window; at most six series, the dearest, and "others". */
function chartOf({ from, to, rows }: Cost, by: string): { times: number[]; series: ChartSeries[] } {
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
