import { useEffect, useMemo, useState } from 'preact/hooks';
import { batchStore } from '../lib/batch-store.ts';
import { go, withQuery } from '../lib/route.ts';
import { Confirm } from '../parts/confirm.tsx';
import { FailurePanel } from '../parts/failure-panel.tsx';
import { PromoteDialog } from '../promote/promote-dialog.tsx';
import { BatchHeader, retryQuestion } from './batch-header.tsx';
import type { GalleryDialog } from './commands.ts';
import { createGalleryActions } from './gallery-actions.ts';
import { galleryState } from './gallery-state.ts';
import { Grid } from './grid.tsx';
import { PickBar } from './pick-bar.tsx';
import { Toolbar } from './toolbar.tsx';
import { isFiltered, NO_FILTER } from './view.ts';

/** A batch: its images in a grid. */
export function GalleryPage({ batch }: { readonly batch: string }) {
  const store = batchStore(batch);
  const state = galleryState(store);
  const [dialog, setDialog] = useState<GalleryDialog | undefined>();
  const actions = useMemo(() => createGalleryActions(store, state, setDialog), [store, state]);
  useEffect(() => store.watch(), [store]);
  const summary = store.summary.value;
  const index = store.index.value;
  useEffect(() => {
    document.title = `${summary?.name ?? batch} · pressrun`;
  }, [batch, summary?.name]);
  if (store.problem.value !== undefined && index === undefined)
    return <FailurePanel error={store.problem.value} />;
  const refsOf = (places: readonly number[]) =>
    places.map((place) => ({ row: index?.row[place] ?? 0, variant: index?.variant[place] ?? 0 }));
  const isEmpty = index !== undefined && index.count > 0 && state.places.value.length === 0;
  return (
    <main class="gallery">
      {summary !== undefined && <BatchHeader summary={summary} />}
      <Toolbar store={store} state={state} />
      {index?.truncated && store.isWhole.value && (
        <p class="notice">Showing the first {index.count} items. The manifest has all.</p>
      )}
      {isEmpty && isFiltered(state.view.value) && (
        <p class="empty">
          No images match.{' '}
          <button type="button" onClick={() => go(withQuery(NO_FILTER))}>
            Clear filter
          </button>
        </p>
      )}
      <Grid store={store} state={state} actions={actions} />
      <PickBar
        store={store}
        state={state}
        onPromote={() => setDialog({ kind: 'promote', places: 'picked', edits: false })}
        onCompare={actions.compare}
      />
      {dialog?.kind === 'promote' && summary !== undefined && (
        <PromoteDialog
          batch={batch}
          name={summary.name}
          items={dialog.places === 'picked' ? 'picked' : refsOf(dialog.places)}
          edits={dialog.edits}
          onClose={() => setDialog(undefined)}
        />
      )}
      {dialog?.kind === 'retry' && summary !== undefined && (
        <Confirm
          question={retryQuestion(summary, dialog.places.length, { items: refsOf(dialog.places) })}
          onClose={() => setDialog(undefined)}
        />
      )}
    </main>
  );
}
