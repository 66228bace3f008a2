import { useEffect, useState } from 'preact/hooks';
import type { Schedules } from '../../../api/stage.ts';
import { useAnswer } from '../lib/answer.ts';
import { requestJson, wordsOf } from '../lib/api.ts';
import { credits, dollars } from '../lib/format.ts';
import { say } from '../lib/say.ts';
import { commandFor, usdPerCredit } from '../lib/stage.ts';
import { Command } from '../parts/command.tsx';
import { costColumns } from '../parts/cost-columns.ts';
import { Dialog } from '../parts/dialog.tsx';
import { FailurePanel } from '../parts/failure-panel.tsx';
import { Glyph, type GlyphName } from '../parts/glyph.tsx';
import { type Column, DataTable } from '../parts/table.tsx';

type Schedule = Schedules['schedules'][number];

/** Batches that run again and again: when, and how the last runs went. */
export function SchedulesPage() {
  const { value, problem, again } = useAnswer<Schedules>('/api/v1/schedules');
  const schedules = value?.schedules;
  useEffect(() => {
    document.title = 'Schedules · pressrun';
  }, []);
  if (problem !== undefined) return <FailurePanel error={problem} />;
  return (
    <main class="scrolls">
      <div class="sheet">
        <h1>Schedules</h1>
        {schedules?.length === 0 && (
          <section class="panel stack">
            <p>No schedules. A schedule runs a prompt file again and again, such as every Monday at 8:00.</p>
            <Command
              text={commandFor("schedule add weekly prompts.csv --cron '0 8 * * MON' --tz Europe/Berlin")}
            />
          </section>
        )}
        {schedules?.map((schedule) => (
          <SchedulePanel key={schedule.name} schedule={schedule} onChange={again} />
        ))}
      </div>
    </main>
  );
}

function SchedulePanel({
  schedule,
  onChange,
}: {
  readonly schedule: Schedule;
  readonly onChange: () => void;
}) {
  const { name, when, timeZone, state, nextLocal, runs } = schedule;
  const [asks, setAsks] = useState(false);
  async function act(action: 'run' | 'pause' | 'resume'): Promise<void> {
    setAsks(false);
    try {
      const { text } = await requestJson<{ text: string }>(
        'POST',
        `/api/v1/schedules/${encodeURIComponent(name)}/${action}`,
        {},
      );
      say(text);
      onChange();
    } catch (error) {
      say(wordsOf(error));
    }
  }
  return (
    <section class="panel stack" aria-label={name}>
      <div class="row">
        <h2 class="cut">{name}</h2>
        <span>
          {when} <span class="dim">{timeZone}</span>
        </span>
        <span class="state">
          <Glyph name={state === 'active' ? 'ready' : state === 'paused' ? 'waiting' : 'cancelled'} /> {state}
        </span>
        <div class="row end">
          {state !== 'over' && (
            <button type="button" onClick={() => void act(state === 'paused' ? 'resume' : 'pause')}>
              {state === 'paused' ? 'Resume' : 'Pause'}
            </button>
          )}
          <button type="button" onClick={() => setAsks(true)}>
            Run now…
          </button>
        </div>
      </div>
      {nextLocal.length > 0 && (
        <p>
          {state === 'paused' ? 'Next, once resumed' : 'Next'}: {nextLocal.join(' · ')}{' '}
          <span class="dim">{timeZone}</span>
        </p>
      )}
      {runs.length > 0 && <DataTable columns={RUNS} rows={runs} keyOf={({ plannedAt }) => plannedAt} />}
      {asks && (
        <Dialog title={`Run ${name} now?`} onClose={() => setAsks(false)}>
          <p>It submits the file as a batch of its own, once. {lastCost(runs)}</p>
          <div class="row">
            <button type="button" class="end" onClick={() => setAsks(false)}>
              Not now
            </button>
            <button type="button" class="primary" onClick={() => void act('run')}>
              Run now
            </button>
          </div>
        </Dialog>
      )}
    </section>
  );
}

function lastCost(runs: Schedule['runs']): string {
  const last = runs.find(({ creditsMicro }) => creditsMicro > 0);
  return last === undefined
    ? 'No run has cost anything yet.'
    : `The last run cost ${credits(last.creditsMicro)} credits ${dollars(last.creditsMicro, usdPerCredit())}.`;
}

const GLYPHS: Readonly<Record<string, GlyphName>> = {
  submitted: 'ready',
  failed: 'failed',
  skipped: 'cancelled',
  begun: 'working',
};

const RUNS: readonly Column<Schedule['runs'][number]>[] = [
  { head: 'Planned', cell: ({ local }) => local },
  { head: 'Run', cell: ({ run }) => run ?? '–' },
  {
    head: 'Outcome',
    cell: ({ state, batch, batchState, reason }) => (
      <span class="state">
        <Glyph name={GLYPHS[state] ?? 'waiting'} />
        {batch === null ? (
          `${state}${reason === null ? '' : `: ${reason}`}`
        ) : (
          <a href={`/b/${batch}`}>{batchState ?? 'submitted'}</a>
        )}
      </span>
    ),
  },
  ...costColumns<Schedule['runs'][number]>(),
];
