import { useMemo } from 'preact/hooks';
import { counted, credits, dollars, exactCredits } from '../lib/format.ts';
import { Chart, Legend } from '../parts/chart.tsx';
import { type Column, DataTable } from '../parts/table.tsx';
import { type Cost, type CostRow, chartOf } from './cost-chart.ts';

/** The chart and the table of a cost question: the same numbers. */
export function Statement({ cost, by }: { readonly cost: Cost; readonly by: string }) {
  const { from, to, tz, source, rows, total } = cost;
  const chart = useMemo(() => chartOf(cost, by), [cost, by]);
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
          <Legend series={chart.series} />
          <DataTable
            name="cost-table"
            columns={columnsOf(by)}
            rows={rows}
            keyOf={(row) => `${row.day} ${row[by]}`}
            total={{ ...total, day: 'total', [by]: 'all' }}
          />
          <p class="dim small">
            From {source}. ≈ $ at {micro(total, 'usdPerCredit')} a credit; actual charges may vary. Waste:
            calls without an image that is kept. Unconfirmed: the most that calls without a response can cost.
          </p>
        </>
      )}
    </>
  );
}

function columnsOf(by: string): Column<CostRow>[] {
  return [
    { head: 'day', cell: ({ day }) => day },
    { head: by, kind: 'name', cell: (row) => row[by] || '(none)' },
    figure('images', (row) => counted(micro(row, 'images'))),
    figure('attempts', (row) => counted(micro(row, 'attempts'))),
    figure('credits', (row) => {
      const spent = micro(row, 'creditsMicro');
      return <span data-credits={spent}>{exactCredits(spent)}</span>;
    }),
    figure('≈ $', (row) => dollars(micro(row, 'creditsMicro'), micro(row, 'usdPerCredit')).slice(2)),
    figure('per image', (row) =>
      row.creditsMicroPerImage === null ? '–' : credits(micro(row, 'creditsMicroPerImage')),
    ),
    figure('waste', (row) => credits(micro(row, 'wasteMicro'))),
    figure('unconfirmed', (row) => credits(micro(row, 'unknownMaxMicro'))),
  ];
}

function figure(head: string, cell: Column<CostRow>['cell']): Column<CostRow> {
  return { head, kind: 'number', cell };
}

function micro(row: CostRow, field: string): number {
  return Number(row[field] ?? 0);
}

function compact(value: number): string {
  return value.toLocaleString('en-US', { notation: 'compact', maximumFractionDigits: 1 });
}
