import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { BatchIndex, ItemDetail } from '../../../api/batch.ts';
import { retryQuestion } from '../gallery/batch-header.tsx';
import { type GalleryState, galleryState } from '../gallery/gallery-state.ts';
import { useAnswer } from '../lib/answer.ts';
import { type BatchStore, batchStore } from '../lib/batch-store.ts';
import { keyOf } from '../lib/keys.ts';
import type { TileMark } from '../lib/marks-store.ts';
import { announce } from '../lib/say.ts';
import { Confirm } from '../parts/confirm.tsx';
import { FailurePanel } from '../parts/failure-panel.tsx';
import { PromoteDialog } from '../promote/promote-dialog.tsx';
import { Details } from './details.tsx';
import { Filmstrip } from './filmstrip.tsx';
import { LargeBar } from './large-bar.tsx';
import { type LargeDialog, largeKeys } from './large-keys.ts';
import { useLook } from './look.ts';
import { createMoves, swipe } from './moves.ts';
import { Picture, usePreloaded } from './picture.tsx';

interface LargeProps {
  readonly batch: string;
  readonly row: number;
  readonly variant: number;
}

/** One image, as large as fits, with all that is known of it. */
export function LargePage({ batch, row, variant }: LargeProps) {
  const store = batchStore(batch);
  const state = galleryState(store);
  useEffect(() => store.watch(), [store]);
  const index = store.index.value;
  if (index === undefined) {
    return store.problem.value === undefined ? (
      <main class="large" />
    ) : (
      <FailurePanel error={store.problem.value} />
    );
  }
  const place = store.placeOf(row, variant);
  if (place === undefined) {
    return (
      <main class="scrolls">
        <div class="sheet panel">
          <h1>
            There is no image {row}/{variant} in this batch.
          </h1>
          <a href={`/b/${batch}`}>Back to the batch</a>
        </div>
      </main>
    );
  }
  return <Large store={store} state={state} place={place} />;
}

interface InnerProps {
  readonly store: BatchStore;
  readonly state: GalleryState;
  readonly place: number;
}

function Large({ store, state, place }: InnerProps) {
  const [dialog, setDialog] = useState<LargeDialog | undefined>();
  const look = useLook(place);
  const stage = useRef<HTMLElement>(null);
  const index = store.index.value;
  const { row, variant, name } = refOf(index, place);
  const path = `/api/v1/batches/${store.id}/items/${row}/${variant}`;
  const { value, to, problem } = useAnswer<ItemDetail>(path, index?.state[place]);
  const moves = useMemo(() => createMoves(store, state), [store, state]);
  useEffect(() => {
    state.focused.value = place;
    stage.current?.focus({ preventScroll: true });
    document.title = `${name} · pressrun`;
  }, [state, place, name]);
  usePreloaded(store, state, place);
  const mark = (value: TileMark | null, stays: boolean) => {
    const isNew = setMark(store, place, value);
    if (look.advances && !stays && isNew) moves.by(place, 1);
  };
  const keys = largeKeys({ store, place, look, moves, mark, open: setDialog });

  return (
    <main
      class={look.details ? 'large with-details' : 'large'}
      onKeyDown={(event) => {
        const act = keys[keyOf(event) ?? ''];
        if (act === undefined) return;
        event.preventDefault();
        act();
      }}
    >
      <LargeBar {...{ store, state, place, look }} onClose={moves.close} />
      <section
        ref={stage}
        class={`view on-${look.background} ${look.isWhole ? 'whole' : ''}`}
        tabIndex={-1}
        aria-label="Image"
        {...swipe(
          () => moves.by(place, 1),
          () => moves.by(place, -1),
        )}
      >
        <Picture store={store} place={place} isWhole={look.isWhole} />
        <button type="button" class="step left" aria-label="Previous" onClick={() => moves.by(place, -1)}>
          ‹
        </button>
        <button type="button" class="step right" aria-label="Next" onClick={() => moves.by(place, 1)}>
          ›
        </button>
      </section>
      {look.details && (
        <Details
          detail={to === path ? value : undefined}
          problem={problem}
          mark={store.marks.value.get(place)}
          onMark={(value) => mark(value, true)}
          onAgain={() => setDialog('promote')}
          onRetry={() => setDialog('retry')}
        />
      )}
      <Filmstrip store={store} places={state.places.value} place={place} onOpen={moves.open} />
      <Asked {...{ store, dialog, row, variant }} onClose={() => setDialog(undefined)} />
    </main>
  );
}

interface AskedProps {
  readonly store: BatchStore;
  readonly dialog: LargeDialog | undefined;
  readonly row: number;
  readonly variant: number;
  readonly onClose: () => void;
}

/** The dialog that is open, of this image alone. */
function Asked({ store, dialog, row, variant, onClose }: AskedProps) {
  const summary = store.summary.value;
  if (dialog === undefined || summary === undefined) return null;
  const items = [{ row, variant }];
  if (dialog === 'retry')
    return <Confirm question={retryQuestion(summary, 1, { items })} onClose={onClose} />;
  return <PromoteDialog batch={store.id} name={summary.name} items={items} edits onClose={onClose} />;
}

function refOf(index: BatchIndex | undefined, place: number) {
  return {
    row: index?.row[place] ?? 0,
    variant: index?.variant[place] ?? 0,
    name: index?.name[place] ?? '',
  };
}

/** Sets a mark, or takes it away where it is set already; whether it was set. */
function setMark(store: BatchStore, place: number, value: TileMark | null): boolean {
  const isOn = value !== null && store.marks.value.get(place)?.mark === value;
  store.setMarks([place], isOn ? null : value);
  announce(isOn || value === null ? 'Mark cleared' : value === 'picked' ? 'Picked' : 'Set aside');
  return !isOn && value !== null;
}
