import { render } from 'preact';
import { lazy, Suspense } from 'preact/compat';
import { useEffect, useErrorBoundary, useState } from 'preact/hooks';
import { BatchesPage } from './batches/batches-page.tsx';
import { ComparePage } from './compare/compare-page.tsx';
import { GalleryPage } from './gallery/gallery-page.tsx';
import { LargePage } from './large/large-page.tsx';
import { isTyping, letterKeys } from './lib/keys.ts';
import { connection } from './lib/live.ts';
import { address, go } from './lib/route.ts';
import { announced, said } from './lib/say.ts';
import { loadStage, stageProblem } from './lib/stage.ts';
import { isDropping, watchDrops } from './new/dropped.ts';
import { NewPage } from './new/new-page.tsx';
import { KeysDialog } from './parts/keys-dialog.tsx';
import { TopBar } from './parts/top-bar.tsx';
import { SchedulesPage } from './schedules/schedules-page.tsx';

// The chart library is loaded with the pages that have charts.
const CostPage = lazy(() => import('./cost/cost-page.tsx'));
const ProviderPage = lazy(() => import('./provider/provider-page.tsx'));

const JUMPS: Readonly<Record<string, string>> = {
  b: '/',
  n: '/new',
  c: '/cost',
  p: '/provider',
  s: '/schedules',
};
const JUMP_MS = 1_000;

function App() {
  const [keys, setKeys] = useState(false);
  useJumps(() => setKeys(true));
  return (
    <>
      <TopBar onKeys={() => setKeys(true)} />
      <Banner />
      <Shown />
      {said.value !== '' && <div class="toast">{said.value}</div>}
      <div class="hidden" aria-live="polite" role="status">
        {announced.value}
      </div>
      {isDropping.value && <div class="dropping">Drop a prompt file: you see what it costs first</div>}
      {keys && <KeysDialog onClose={() => setKeys(false)} />}
    </>
  );
}

/** The page of the address, or why it can't be shown: an error in one, or a part of it that is not there any more. */
function Shown() {
  const [error, reset] = useErrorBoundary();
  const { path } = address.value;
  useEffect(reset, [path]);
  if (error !== undefined) {
    const why = error instanceof Error ? error.message : String(error);
    return (
      <main class="scrolls">
        <ReloadBanner why={`This page can't be shown: ${why}`} />
      </main>
    );
  }
  return (
    <Suspense fallback={<main class="scrolls" />}>
      <Page />
    </Suspense>
  );
}

function ReloadBanner({ why }: { readonly why: string }) {
  return (
    <div class="banner" role="alert">
      {why}
      <button type="button" onClick={() => location.reload()}>
        Reload
      </button>
    </div>
  );
}

function Page() {
  const { path } = address.value;
  const [, batch = '', rest = ''] = /^\/b\/([^/]+)(\/.*)?$/.exec(path) ?? [];
  const [, row, variant] = /^\/i\/(\d+)\/(\d+)$/.exec(rest) ?? [];
  if (row !== undefined) return <LargePage batch={batch} row={Number(row)} variant={Number(variant)} />;
  if (rest === '/compare') return <ComparePage batch={batch} />;
  if (batch !== '') return <GalleryPage key={batch} batch={batch} />;
  if (path === '/new') return <NewPage />;
  if (path === '/cost') return <CostPage />;
  if (path === '/provider') return <ProviderPage />;
  if (path === '/schedules') return <SchedulesPage />;
  return <BatchesPage />;
}

function Banner() {
  const { live, since } = connection.value;
  if (stageProblem.value !== undefined) return <ReloadBanner why={stageProblem.value} />;
  if (live || since === undefined) return null;
  return (
    <div class="banner" role="alert">
      Not live since {since.toLocaleTimeString('en-GB')}. Trying again. What you see is from then; picks are
      kept and sent later. If <code>pressrun dashboard</code> has ended, start it again.
    </div>
  );
}

/** `G` then a letter goes to a page, `/` to the search, `?` to the keys. */
function useJumps(onKeys: () => void): void {
  useEffect(() => {
    let jumpUntilMs = 0;
    const act = (key: string, isJump: boolean): boolean => {
      const page = JUMPS[key];
      if (key === '?') onKeys();
      else if (key === '/') document.querySelector<HTMLElement>('input[type=search]')?.focus();
      else if (isJump && page !== undefined) go(page);
      else return false;
      return true;
    };
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target))
        return;
      const key = event.key.toLowerCase();
      const isJump = letterKeys.value && Date.now() < jumpUntilMs;
      const starts = letterKeys.value && key === 'g';
      jumpUntilMs = starts ? Date.now() + JUMP_MS : 0;
      if (!starts && !act(key, isJump)) return;
      event.preventDefault();
      event.stopPropagation();
    };
    // Before the views: a jump's second letter is nothing else.
    addEventListener('keydown', onKeyDown, true);
    return () => removeEventListener('keydown', onKeyDown, true);
  }, [onKeys]);
}

void loadStage();
watchDrops();
const root = document.getElementById('app');
if (root !== null) render(<App />, root);
