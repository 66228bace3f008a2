import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { BatchSummary } from '../../../api/batch.ts';
import { BatchButtons, shortId } from '../gallery/batch-header.tsx';
import { ApiError, getJson } from '../lib/api.ts';
import { counted, when } from '../lib/format.ts';
import { connectLive } from '../lib/live.ts';
import { commandFor } from '../lib/stage.ts';
import { BatchBar, BatchFacts, Waits } from '../parts/batch-bar.tsx';
import { Command } from '../parts/command.tsx';
import { costColumns } from '../parts/cost-columns.ts';
import { FailurePanel } from '../parts/failure-panel.tsx';
import { Glyph, type GlyphName } from '../parts/glyph.tsx';
import { type Column, DataTable } from '../parts/table.tsx';

const open = signal<readonly BatchSummary[]>([]);
const earlier = signal<readonly BatchSummary[] | undefined>(undefined);
const next = signal<string | null>(null);

/** The first page: what is open, then all batches. */
export function BatchesPage() {
  const [problem, setProblem] = useState<ApiError | undefined>();
  const [search, setSearch] = useState('');
  useEffect(() => {
    document.title = 'Batches · pressrun';
    loadPage(undefined).catch((error: unknown) => {
      if (error instanceof ApiError) setProblem(error);
    });
    return connectLive(undefined, {
      batches: ({ batches }: { batches: BatchSummary[] }) => {
        const gone = open.value.some(({ batch }) => !batches.some((each) => each.batch === batch));
        open.value = batches;
        // One that has just ended moves to the list of all.
        if (gone) void loadPage(undefined);
      },
    });
  }, []);
  if (problem !== undefined) return <FailurePanel error={problem} />;
  if (earlier.value === undefined) return <main class="scrolls" />;
  const words = search.toLowerCase().trim();
  const ended = earlier.value.filter(
    ({ batch, name, state }) =>
      (state === 'complete' || state === 'refused') && `${batch} ${name}`.toLowerCase().includes(words),
  );
  const isFirstRun = open.value.length === 0 && earlier.value.length === 0;
  return (
    <main class="scrolls">
      <div class="sheet">
        <h1 class="hidden">Batches</h1>
        {isFirstRun ? (
          <FirstRun />
        ) : (
          <>
            {open.value.map((summary) => (
              <OpenCard key={summary.batch} summary={summary} />
            ))}
            <section class="panel stack">
              <div class="row">
                <h2>Earlier</h2>
                <input
                  type="search"
                  class="end"
                  placeholder="Search  /"
                  aria-label="Search batches"
                  onInput={(event) => setSearch(event.currentTarget.value)}
                />
              </div>
              {ended.length === 0 ? (
                <p class="dim">No batch has ended yet.</p>
              ) : (
                <DataTable columns={COLUMNS} rows={ended} keyOf={({ batch }) => batch} />
              )}
              {next.value !== null && (
                <button type="button" onClick={() => void loadPage(next.value ?? undefined)}>
                  Load 50 more
                </button>
              )}
            </section>
          </>
        )}
      </div>
    </main>
  );
}

async function loadPage(before: string | undefined): Promise<void> {
  const query = before === undefined ? '' : `?before=${before}`;
  const answer = await getJson<{ batches: BatchSummary[]; next: string | null }>(`/api/v1/batches${query}`);
  if (before === undefined) {
    open.value = answer.batches.filter(({ state }) => state !== 'complete' && state !== 'refused');
  }
  earlier.value = before === undefined ? answer.batches : [...(earlier.value ?? []), ...answer.batches];
  next.value = answer.next;
}

function OpenCard({ summary }: { readonly summary: BatchSummary }) {
  const { batch, name, createdAt, cover } = summary;
  return (
    <section class="panel stack card" aria-label={name}>
      <div class="row">
        <h2 class="cut">
          <a href={`/b/${batch}`}>
            <bdi>{name}</bdi>
          </a>
        </h2>
        <span class="mono dim">{shortId(batch)}</span>
        <span class="dim">started {when(createdAt)}</span>
        <BatchButtons summary={summary} />
      </div>
      <BatchBar summary={summary} />
      <BatchFacts summary={summary} />
      <Waits waits={summary.waits} />
      {cover.length > 0 && (
        <div class="cover">
          {cover.map(({ row, variant, sha8, name: image }) => (
            <a key={sha8 + row} href={`/b/${batch}/i/${row}/${variant}`}>
              <img src={`/media/${batch}/${row}/${variant}/thumb?v=${sha8}`} alt={image} decoding="async" />
            </a>
          ))}
          <span class="dim small">last generated</span>
        </div>
      )}
    </section>
  );
}

const COLUMNS: readonly Column<BatchSummary>[] = [
  {
    head: 'State',
    cell: (summary) => (
      <span class="state">
        <Glyph name={glyphOf(summary)} /> {stateWord(summary)}
      </span>
    ),
  },
  {
    head: 'Batch',
    kind: 'name',
    cell: ({ batch, name }) => (
      <a href={`/b/${batch}`} title={batch}>
        <bdi>{name}</bdi>
      </a>
    ),
  },
  { head: 'When', cell: ({ endedAt, createdAt }) => when(endedAt ?? createdAt) },
  { head: 'Ready', kind: 'number', cell: ({ items }) => counted(items.done + items.reused) },
  { head: 'Failed', kind: 'number', cell: ({ items }) => orDash(items.failed) },
  { head: 'Rejected', kind: 'number', cell: ({ rejected }) => orDash(rejected) },
  { head: 'Picked', kind: 'number', cell: ({ picked }) => orDash(picked) },
  ...costColumns<BatchSummary>(),
];

function orDash(value: number): string {
  return value === 0 ? '–' : counted(value);
}

function glyphOf({ state, items }: BatchSummary): GlyphName {
  if (state === 'refused') return 'rejected';
  return items.failed > 0 ? 'failed' : 'ready';
}

function stateWord({ state, items, problem }: BatchSummary): string {
  if (state === 'refused') return problem === undefined ? 'not read' : 'file not read';
  if (items.failed > 0) return `complete, ${counted(items.failed)} failed`;
  return items.cancelled > 0 ? `complete, ${counted(items.cancelled)} cancelled` : 'complete';
}

/** A new user has three ways on, and nothing else. */
function FirstRun() {
  return (
    <section class="panel stack first-run">
      <h2>No batches yet</h2>
      <ol class="stack">
        <li>
          <b>Drop a prompt file</b> anywhere on this page, or <a href="/new">choose one</a>. You see what it
          costs before anything is sent.
        </li>
        <li>
          <b>Try the example</b>, free and without a key:{' '}
          <Command text="npx pressrun run examples/postcards.csv --simulate" />
        </li>
        <li>
          <b>Set your key</b> to generate real images: <Command text="export CORE_TODAY_API_KEY=…" />
        </li>
      </ol>
      <p class="dim">
        Then follow it here, or with <code>{commandFor('status')}</code>.
      </p>
    </section>
  );
}
