import { useEffect, useRef } from 'preact/hooks';
// Before the chart library, which formats numbers as it loads.
import '../lib/language.ts';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

export interface ChartSeries {
  readonly label: string;
  readonly values: readonly (number | null)[];
  /** A token such as `--chart1`. */
  readonly color: string;
}

interface ChartProps {
  readonly kind: 'lines' | 'stack';
  /** Epoch seconds. */
  readonly times: readonly number[];
  /** What the time axis shows, from and to, in epoch seconds; the days of `times` if it is not given. */
  readonly span?: readonly [from: number, to: number] | undefined;
  readonly series: readonly ChartSeries[];
  readonly label: string;
  readonly height?: number;
  readonly unit: (value: number) => string;
}

const HALF_DAY = 43_200;

/** A chart over time. The table beside it has the same numbers, for readers who don't see it. */
export function Chart({ kind, times, span, series, label, height = 220, unit }: ChartProps) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = host.current;
    if (element === null || times.length === 0) return;
    const plot = new uPlot(
      optionsOf({ kind, times, span, series, height, unit }, element.clientWidth),
      dataOf(kind, times, series),
      element,
    );
    const resize = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    resize.observe(element);
    return () => {
      resize.disconnect();
      plot.destroy();
    };
  }, [kind, times, span, series, height, unit]);
  return <div ref={host} class="chart" role="img" aria-label={label} style={{ height }} />;
}

/** What the colors of a chart stand for. */
export function Legend({ series }: Pick<ChartProps, 'series'>) {
  return (
    <ul class="legend">
      {series.map(({ label, color }) => (
        <li key={label}>
          <span class="swatch" style={{ background: `var(${color})` }} /> {label}
        </li>
      ))}
    </ul>
  );
}

/** A stack is drawn from its top down: each bar is the sum of those below it and itself. */
function dataOf(
  kind: ChartProps['kind'],
  times: readonly number[],
  series: readonly ChartSeries[],
): uPlot.AlignedData {
  if (kind === 'lines') return [[...times], ...series.map(({ values }) => [...values])];
  const sums = times.map(() => 0);
  const stacked = series.map(({ values }) =>
    values.map((value, nth) => {
      sums[nth] = (sums[nth] ?? 0) + (value ?? 0);
      return sums[nth] ?? 0;
    }),
  );
  return [[...times], ...stacked.reverse()];
}

type Drawn = Pick<ChartProps, 'kind' | 'times' | 'span' | 'series' | 'unit'> & { readonly height: number };

function optionsOf({ kind, times, span, series, height, unit }: Drawn, width: number): uPlot.Options {
  const token = (name: string) => resolved(name);
  const axis = {
    stroke: token('--ink2'),
    grid: { stroke: token('--line'), width: 1 },
    ticks: { show: false },
    font: '12px system-ui',
  };
  const bars = uPlot.paths.bars?.({ size: [0.7, 48], align: 0 });
  const drawn = kind === 'stack' ? [...series].reverse() : series;
  const [from, to] = span ?? [(times[0] ?? 0) - HALF_DAY, (times.at(-1) ?? 0) + HALF_DAY];
  return {
    width,
    height,
    legend: { show: false },
    cursor: { show: false },
    tzDate: (seconds) => new Date((seconds + new Date().getTimezoneOffset() * 60) * 1_000),
    scales: {
      x: { range: [from, to] },
      y: { range: (_, __, max) => [0, max > 0 ? max * 1.1 : 1] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        ...(kind === 'stack' && {
          values: (_, splits) => splits.map(dayOf),
          space: 70,
          incrs: [86_400, 604_800, 2_592_000],
        }),
      },
      { ...axis, size: 64, values: (_, splits) => splits.map((value) => unit(value)) },
    ],
    series: [
      {},
      ...drawn.map(({ label, color }) => ({
        label,
        stroke: token(color),
        width: kind === 'stack' ? 0 : 2,
        points: { show: kind === 'lines' && times.length < 3 },
        ...(kind === 'stack' && bars !== undefined ? { fill: token(color), paths: bars } : {}),
      })),
    ],
  };
}

function dayOf(seconds: number): string {
  return new Date(seconds * 1_000).toLocaleDateString('en-US', {
    month: 'short',
    day: 'numeric',
    timeZone: 'UTC',
  });
}

/** A canvas knows no variables: a hidden element computes the color for the theme. */
function resolved(token: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${token})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
