import { connection } from '../lib/live.ts';
import { address } from '../lib/route.ts';
import { stageSignal } from '../lib/stage.ts';

const PAGES = [
  ['/', 'Batches'],
  ['/new', 'New'],
  ['/cost', 'Cost'],
  ['/provider', 'Provider'],
  ['/schedules', 'Schedules'],
] as const;

export function TopBar({ onKeys }: { readonly onKeys: () => void }) {
  const { path } = address.value;
  const isAt = (to: string) => (to === '/' ? path === '/' || path.startsWith('/b/') : path === to);
  return (
    <header class="top">
      <a class="brand" href="/">
        pressrun
      </a>
      <nav aria-label="Pages">
        {PAGES.map(([to, name]) => (
          <a key={to} href={to} {...(isAt(to) && { 'aria-current': 'page' as const })}>
            {name}
          </a>
        ))}
      </nav>
      <div class="right">
        <StageChip />
        <span class={connection.value.live ? 'live' : 'live off'}>
          <span class="word">{connection.value.live ? 'live' : 'not live'}</span>
        </span>
        <button type="button" class="plain wide" onClick={onKeys}>
          Keys <kbd>?</kbd>
        </button>
      </div>
    </header>
  );
}

function StageChip() {
  const info = stageSignal.value;
  if (info === undefined) return null;
  if (info.simulated) {
    return (
      <span class="chip simulated" title={`stage ${info.stage}`}>
        simulated<span class="wide"> · nothing is paid</span>
      </span>
    );
  }
  return (
    <span class="chip">
      {info.region === null || info.local ? info.stage : `${info.stage} · ${info.region}`}
    </span>
  );
}
