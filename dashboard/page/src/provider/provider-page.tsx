import { useEffect, useMemo } from 'preact/hooks';
import type { ProviderList } from '../../../api/stage.ts';
import { useAnswer } from '../lib/answer.ts';
import { counted } from '../lib/format.ts';
import { address, go, withQuery } from '../lib/route.ts';
import { commandFor, stageSignal } from '../lib/stage.ts';
import { Chart, type ChartSeries, Legend } from '../parts/chart.tsx';
import { Command } from '../parts/command.tsx';
import { FailurePanel } from '../parts/failure-panel.tsx';
import { Glyph } from '../parts/glyph.tsx';

type Model = ProviderList['models'][number];

const POLL_MS = 10_000;
const COUNTS = [
  ['calls', 'calls'],
  ['images', 'images'],
  ['rateLimited', '429s'],
  ['failed', 'other failures'],
] as const;
const KNOWN = { pinned: 'as configured', measured: 'measured', seeking: 'probing for more' } as const;

/** How the provider behaves: rate limits, circuit breakers, pauses, calls and latency over time. */
export default function ProviderPage() {
  const last = address.value.query.last === '1d' ? '1d' : '1h';
  const { value: providers, problem, again } = useAnswer<ProviderList>(`/api/v1/providers?last=${last}`);
  useEffect(() => {
    document.title = 'Provider · pressrun';
    const timer = window.setInterval(() => {
      if (!document.hidden) again();
    }, POLL_MS);
    return () => window.clearInterval(timer);
  }, [again]);
  if (problem !== undefined && providers === undefined) return <FailurePanel error={problem} />;
  return (
    <main class="scrolls">
      <div class="sheet">
        <div class="row">
          <h1>Provider</h1>
          <fieldset class="segments end">
            <legend class="hidden">Window</legend>
            {(['1h', '1d'] as const).map((each) => (
              <button
                key={each}
                type="button"
                aria-pressed={last === each}
                onClick={() => go(withQuery({ last: each }), 'replace')}
              >
                {each === '1h' ? 'last hour' : 'last day'}
              </button>
            ))}
          </fieldset>
        </div>
        {providers?.models.map((model) => (
          <ModelPanel key={model.model} model={model} hours={last === '1d' ? 24 : 1} />
        ))}
      </div>
    </main>
  );
}

interface ModelPanelProps {
  readonly model: Model;
  readonly hours: number;
}

function ModelPanel({ model, hours }: ModelPanelProps) {
  const { minutes, perMinute, by, breaker, pauses } = model;
  const times = useMemo(() => minutes.map(({ at }) => Date.parse(at) / 1_000), [minutes]);
  // A whole hour, or day, however few of its minutes had calls.
  const span = useMemo((): [number, number] => {
    const now = Date.now() / 1_000;
    return [now - hours * 3_600, now];
  }, [minutes, hours]);
  const calls = useMemo(
    () => [
      { label: 'images', values: minutes.map(({ images }) => images), color: '--chart3' },
      { label: '429s', values: minutes.map(({ rateLimited }) => rateLimited), color: '--chart2' },
      { label: 'failures', values: minutes.map(({ failed }) => failed), color: '--chart4' },
    ],
    [minutes],
  );
  const latency = useMemo(
    () => [
      { label: 'p50', values: minutes.map(({ p50Ms }) => seconds(p50Ms)), color: '--chart1' },
      { label: 'p95', values: minutes.map(({ p95Ms }) => seconds(p95Ms)), color: '--chart6' },
    ],
    [minutes],
  );
  const last = latest(minutes);
  return (
    <section class="panel stack" aria-label={model.model}>
      <div class="row">
        <h2 class="cut">{model.model}</h2>
        <span class="state end">
          <Glyph name={breaker !== null || pauses.length > 0 ? 'waiting' : 'ready'} />
          {pauses.length > 0
            ? 'paused'
            : breaker !== null
              ? 'circuit breaker open'
              : 'circuit breaker closed'}
        </span>
      </div>
      {pauses.map(({ code, message, hint }) => (
        <p key={code + message} class="notice">
          Paused: {message}. To resume: {hint}, then <Command text={commandFor('resume')} />
        </p>
      ))}
      {breaker !== null && (
        <p class="notice">
          Returns 5xx since {clock(breaker.since)}. {counted(breaker.probes)} probes so far, the next at{' '}
          {clock(breaker.nextProbeAt)}. Resumes automatically.
        </p>
      )}
      <p class="facts">
        <span>
          Rate limit <b>{perMinute === null ? 'none met yet' : `${counted(perMinute)} calls/min`}</b>
          {by !== null && ` (${KNOWN[by]})`}
        </span>
        {COUNTS.map(([field, word]) => (
          <span key={field}>
            <b>{counted(minutes.reduce((sum, minute) => sum + minute[field], 0))}</b> {word}
          </span>
        ))}
        {last !== undefined && (
          <span>
            latency p50 <b>{inSeconds(last.p50Ms)}</b> · p95 <b>{inSeconds(last.p95Ms)}</b>
          </span>
        )}
      </p>
      {minutes.length === 0 ? (
        <p class="dim">
          No calls in this window.
          {stageSignal.value?.local === false &&
            ' Calls of deployed workers are in CloudWatch, namespace pressrun.'}
        </p>
      ) : (
        <div class="two-charts">
          <Figure
            title="Calls a minute"
            label="Images, 429s and failures a minute"
            {...{ times, span }}
            series={calls}
            unit={String}
          />
          <Figure
            title="Latency"
            label="Latency, median and 95th percentile"
            {...{ times, span }}
            series={latency}
            unit={secondsText}
          />
        </div>
      )}
    </section>
  );
}

interface FigureProps {
  readonly title: string;
  readonly label: string;
  readonly times: readonly number[];
  readonly span: readonly [from: number, to: number];
  readonly series: readonly ChartSeries[];
  readonly unit: (value: number) => string;
}

function Figure({ title, ...chart }: FigureProps) {
  return (
    <figure>
      <figcaption class="small dim">{title}</figcaption>
      <Chart kind="lines" height={160} {...chart} />
      <Legend series={chart.series} />
    </figure>
  );
}

function seconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1_000;
}

function secondsText(value: number): string {
  return `${value} s`;
}

function inSeconds(ms: number | null): string {
  return ms === null ? '–' : secondsText(Number((ms / 1_000).toPrecision(2)));
}

function latest(minutes: Model['minutes']): Model['minutes'][number] | undefined {
  return minutes.findLast(({ p50Ms }) => p50Ms !== null);
}

function clock(iso: string): string {
  return new Date(iso).toLocaleTimeString('en-GB');
}
