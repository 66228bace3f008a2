import type { BatchStore } from '../lib/batch-store.ts';
import { copyText, saveText } from '../lib/copy.ts';
import { counted, plural } from '../lib/format.ts';
import { go, withQuery } from '../lib/route.ts';
import type { GalleryState } from './gallery-state.ts';
import { picksCsv, picksText } from './picks.ts';

interface PickBarProps {
  readonly store: BatchStore;
  readonly state: GalleryState;
  readonly onPromote: () => void;
  readonly onCompare: () => void;
}

/** What can be done with the picks, or with what is selected. */
export function PickBar({ store, state, onPromote, onCompare }: PickBarProps) {
  const index = store.index.value;
  const picked = [...store.marks.value].filter(([, { mark }]) => mark === 'picked').map(([place]) => place);
  const selected = state.selected.value;
  const isOnly = state.view.value.state === 'picked';
  if (index === undefined) return null;
  return (
    <footer class="pick-bar">
      {selected.size > 0 ? (
        <div class="row">
          <b>{counted(selected.size)} selected</b>
          <button type="button" onClick={() => store.setMarks([...selected], 'picked')}>
            Pick
          </button>
          <button type="button" onClick={() => store.setMarks([...selected], 'aside')}>
            Set aside
          </button>
          <button type="button" disabled={selected.size < 2} onClick={onCompare}>
            Compare
          </button>
          <button
            type="button"
            class="plain"
            onClick={() => {
              state.selected.value = new Set();
            }}
          >
            Clear
          </button>
        </div>
      ) : (
        <div class="row">
          <span class="count">
            <b>{counted(picked.length)}</b>
          </span>
          <b>picked</b>
          {picked.length > 0 && (
            <>
              <button
                type="button"
                class="wide"
                onClick={() => go(withQuery({ state: isOnly ? '' : 'picked' }))}
              >
                {isOnly ? 'Show all' : 'Show only picks'}
              </button>
              <button
                type="button"
                class="wide"
                onClick={() =>
                  saveText(`${store.id}-picks.csv`, 'text/csv', picksCsv(index, store.marks.value, picked))
                }
              >
                Export CSV
              </button>
              <button
                type="button"
                class="wide"
                onClick={() =>
                  copyText(picksText(index, picked), `Copied ${plural(picked.length, 'pick')} for --pick.`)
                }
              >
                Copy for --pick
              </button>
            </>
          )}
          <span class="hints wide small dim">
            <kbd>P</kbd> pick <kbd>X</kbd> set aside <kbd>C</kbd> compare <kbd>Enter</kbd> large
          </span>
        </div>
      )}
      <button type="button" class="primary" disabled={picked.length === 0} onClick={onPromote}>
        {picked.length > 0 ? `Promote ${counted(picked.length)}…` : 'Promote…'}
      </button>
    </footer>
  );
}
