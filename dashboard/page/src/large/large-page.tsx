import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ItemDetail } from '../../../api/batch.ts';
import { retryQuestion } from '../gallery/batch-header.tsx';
import { type GalleryState, galleryState } from '../gallery/gallery-state.ts';
import { getJson } from '../lib/api.ts';
import { type BatchStore, batchStore, type TileMark } from '../lib/batch-store.ts';
import { counted, visibleText } from '../lib/format.ts';
import { keyOf } from '../lib/keys.ts';
import { announce, say } from '../lib/say.ts';
import { Confirm } from '../parts/confirm.tsx';
import { FailurePanel } from '../parts/failure-panel.tsx';
import { PromoteDialog } from '../promote/promote-dialog.tsx';
import { Details } from './details.tsx';
import { Filmstrip } from './filmstrip.tsx';
import { createMoves, swipe } from './moves.ts';
import { originalOf, Picture, usePreloaded } from './picture.tsx';

const BACKGROUNDS = ['mat', 'black', 'white', 'checker'] as const;
const memory = { details: true, background: 0, advance: true };

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
  const [details, setDetails] = useState(memory.details);
  const [background, setBackground] = useState(memory.background);
  const [isWhole, setWhole] = useState(false);
  const [dialog, setDialog] = useState<'promote' | 'retry' | undefined>();
  const stageElement = useRef<HTMLElement>(null);
  Object.assign(memory, { details, background });
  const index = store.index.value;
  const row = index?.row[place] ?? 0;
  const variant = index?.variant[place] ?? 0;
  const detail = useDetail(store.id, row, variant, index?.state[place] ?? '');
  const moves = useMemo(() => createMoves(store, state), [store, state]);
  useEffect(() => {
    state.focused.value = place;
    setWhole(false);
    stageElement.current?.focus({ preventScroll: true });
    document.title = `${index?.name[place] ?? ''} · pressrun`;
  }, [state, place, index?.name]);
  usePreloaded(store, state, place);

  function mark(value: TileMark | null, stays: boolean): void {
    const isOn = value !== null && store.marks.value.get(place)?.mark === value;
    store.setMarks([place], isOn ? null : value);
    announce(isOn || value === null ? 'Mark cleared' : value === 'picked' ? 'Picked' : 'Set aside');
    if (memory.advance && !stays && !isOn && value !== null) moves.by(place, 1);
  }

  const actions: Readonly<Record<string, () => void>> = {
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
    ' ': () => setWhole(!isWhole),
    i: () => setDetails(!details),
    b: () => setBackground((background + 1) % BACKGROUNDS.length),
    a: () => {
      memory.advance = !memory.advance;
      say(memory.advance ? 'Marks move on to the next image.' : 'Marks stay on the image.');
    },
    r: () => setDialog(index?.state[place] === 'f' ? 'retry' : 'promote'),
    o: () => window.open(originalOf(store, place), '_blank', 'noopener'),
    d: () => window.location.assign(`${originalOf(store, place)}&download`),
    Escape: () => moves.close(),
  };

  const summary = store.summary.value;
  return (
    <main
      class={details ? 'large with-details' : 'large'}
      onKeyDown={(event) => {
        const action = actions[keyOf(event) ?? ''];
        if (action === undefined) return;
        event.preventDefault();
        action();
      }}
    >
      <header class="large-bar">
        <button type="button" class="plain" onClick={() => moves.close()}>
          ← Back to row {counted(row)}
        </button>
        <h1 class="cut">
          <bdi>{visibleText(index?.name[place] ?? '')}</bdi>
        </h1>
        <span class="dim small wide">
          {counted(state.places.value.indexOf(place) + 1)} of {counted(state.places.value.length)}
        </span>
        <div class="row end">
          <button type="button" class="wide" aria-pressed={isWhole} onClick={() => setWhole(!isWhole)}>
            {isWhole ? 'fit' : '100 %'}
          </button>
          <button type="button" class="wide" onClick={() => actions.b?.()}>
            {BACKGROUNDS[background]}
          </button>
          <button type="button" aria-pressed={details} onClick={() => setDetails(!details)}>
            details
          </button>
          <a class="button wide" href={originalOf(store, place)} target="_blank" rel="noopener">
            original
          </a>
        </div>
      </header>
      <section
        ref={stageElement}
        class={`view ${BACKGROUNDS[background]} ${isWhole ? 'whole' : ''}`}
        tabIndex={-1}
        aria-label="Image"
        {...swipe(
          () => moves.by(place, 1),
          () => moves.by(place, -1),
        )}
      >
        <Picture store={store} place={place} isWhole={isWhole} />
        <button type="button" class="step left" aria-label="Previous" onClick={() => moves.by(place, -1)}>
          ‹
        </button>
        <button type="button" class="step right" aria-label="Next" onClick={() => moves.by(place, 1)}>
          ›
        </button>
      </section>
      {details && (
        <Details
          detail={detail}
          mark={store.marks.value.get(place)}
          onMark={(value) => mark(value, true)}
          onAgain={() => setDialog('promote')}
          onRetry={() => setDialog('retry')}
        />
      )}
      <Filmstrip store={store} places={state.places.value} place={place} onOpen={(to) => moves.open(to)} />
      {dialog === 'promote' && summary !== undefined && (
        <PromoteDialog
          batch={store.id}
          name={summary.name}
          items={[{ row, variant }]}
          edits
          onClose={() => setDialog(undefined)}
        />
      )}
      {dialog === 'retry' && summary !== undefined && (
        <Confirm
          question={retryQuestion(summary, 1, { items: [{ row, variant }] })}
          onClose={() => setDialog(undefined)}
        />
      )}
    </main>
  );
}

/** All that is known of the image; asked again when its state has changed. */
function useDetail(batch: string, row: number, variant: number, state: string): ItemDetail | undefined {
  const [detail, setDetail] = useState<ItemDetail | undefined>();
  useEffect(() => {
    const left = new AbortController();
    void state;
    getJson<ItemDetail>(`/api/v1/batches/${batch}/items/${row}/${variant}`, left.signal).then(
      setDetail,
      () => undefined,
    );
    return () => left.abort();
  }, [batch, row, variant, state]);
  return detail?.row === row && detail.variant === variant ? detail : undefined;
}
