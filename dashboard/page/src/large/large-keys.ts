import type { BatchStore } from '../lib/batch-store.ts';
import type { TileMark } from '../lib/marks-store.ts';
import { say } from '../lib/say.ts';
import type { Look } from './look.ts';
import type { createMoves } from './moves.ts';
import { originalOf } from './picture.tsx';

export type LargeDialog = 'promote' | 'retry';

interface Keyed {
  readonly store: BatchStore;
  readonly place: number;
  readonly look: Look;
  readonly moves: ReturnType<typeof createMoves>;
  readonly mark: (value: TileMark | null, stays: boolean) => void;
  readonly open: (dialog: LargeDialog) => void;
}

/** What each key does in the large view. */
export function largeKeys(keyed: Keyed): Readonly<Record<string, () => void>> {
  const { store, place, look, moves, mark, open } = keyed;
  return {
    ArrowLeft: () => moves.by(place, -1),
    k: () => moves.by(place, -1),
    ArrowRight: () => moves.by(place, 1),
    j: () => moves.by(place, 1),
    ArrowUp: () => moves.byRow(place, -1),
    ArrowDown: () => moves.byRow(place, 1),
    p: () => mark('picked', false),
    'Shift+p': () => mark('picked', true),
    x: () => mark('aside', false),
    'Shift+x': () => mark('aside', true),
    u: () => mark(null, true),
    'Ctrl+z': () => say(store.undo() ? 'Undid the last mark.' : 'Nothing to undo.'),
    ' ': look.toggleWhole,
    i: look.toggleDetails,
    b: look.nextBackground,
    a: look.toggleAdvance,
    r: () => open(store.index.value?.state[place] === 'f' ? 'retry' : 'promote'),
    o: () => void window.open(originalOf(store, place), '_blank', 'noopener'),
    d: () => window.location.assign(`${originalOf(store, place)}&download`),
    Escape: moves.close,
  };
}
