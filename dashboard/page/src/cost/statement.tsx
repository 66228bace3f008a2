import { useMemo } from 'preact/hooks';
import { counted, credits, dollars, exactCredits } from '../lib/format.ts';
import { Chart } from '../parts/chart.tsx';
import { type Cost, type CostRow, chartOf } from './cost-chart.ts';

/** The chart and the table of a cost question: the same numbers. */
export function Statement({ cost, by }: { readonly cost: Cost; readonly by: string }) {
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
          <CostTable cost={cost} by={by} />
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

function CostTable({ cost, by }: { readonly cost: Cost; readonly by: string }) {
  return (
    <div class="table-scroll">
      <table class="cost-table">
        <thead>
          <tr>
            <th>day</th>
            <th>{by}</th>
            {['images', 'attempts', 'credits', '≈ $', 'per image', 'waste', 'unconfirmed'].map((word) => (
              <th key={word} class="number">
                {word}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {cost.rows.map((row) => (
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
            <Figures row={cost.total} />
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

function compact(value: number): string {
  return value.toLocaleString('en-US', { notation: 'compact', maximumFractionDigits: 1 });
}
