import { signal } from '@preact/signals';
import type { BatchStore } from '../lib/batch-store.ts';
import { keyOf } from '../lib/keys.ts';
import { type Commands, createCommands, type GalleryDialog } from './commands.ts';
import type { GalleryState } from './gallery-state.ts';
import { createSelection, type GridSelection } from './selection.ts';

export type GalleryActions = ReturnType<typeof createGalleryActions>;

/** The row at the top of the screen. */
export const seenRow = signal<number | undefined>(undefined);

/** What keys, clicks and scrolling do in the grid. */
export function createGalleryActions(
  store: BatchStore,
  state: GalleryState,
  open: (dialog: GalleryDialog) => void,
) {
  const selection = createSelection(state);
  const commands = createCommands(store, state, selection, open);

  function onClick(event: MouseEvent): void {
    const place = placeOf(event);
    if (place === undefined) return;
    const before = state.focused.value;
    state.focused.value = place;
    const does = buttonOf(event)?.dataset.does;
    if (does === 'pick') commands.mark('picked', [place]);
    else if (does === 'retry') open({ kind: 'retry', places: [place] });
    else if (does === 'edit') open({ kind: 'promote', places: [place], edits: true });
    else if (isTap(event)) commands.openLarge(place);
    else selection.click(place, before, event);
  }

  return {
    onKeyDown: keyHandler(state, selection, commands),
    onClick,
    onDoubleClick: (event: MouseEvent) => {
      const place = placeOf(event);
      if (place !== undefined && buttonOf(event) === undefined) commands.openLarge(place);
    },
    onFocus: (event: FocusEvent) => {
      const place = placeOf(event);
      if (place !== undefined) state.focused.value = place;
    },
    reveal: () => {
      const place = state.focused.peek();
      state.focused.value = -2;
      state.focused.value = place;
    },
    seen: (row: number | undefined) => {
      queueMicrotask(() => {
        seenRow.value = row;
      });
    },
    compare: commands.compare,
  };
}

function keyHandler(state: GalleryState, selection: GridSelection, commands: Commands) {
  let waitsForView = false;
  /** Each does what it says; `false` if there was nothing to do, and the key is the browser's. */
  const keys: Readonly<Record<string, () => unknown>> = {
    p: () => commands.mark('picked'),
    x: () => commands.mark('aside'),
    u: () => commands.mark(null),
    c: commands.compare,
    v: () => {
      waitsForView = true;
    },
    r: commands.retry,
    e: commands.edit,
    '-': () => commands.resize(-1),
    '=': () => commands.resize(1),
    ' ': () => selection.toggle(state.focused.value),
    Enter: () => commands.openLarge(state.focused.value),
    'Ctrl+z': commands.undo,
    'Ctrl+a': commands.selectAll,
    Escape: commands.clear,
  };

  function act(key: string): boolean {
    if (!waitsForView) return keys[key] !== undefined && keys[key]() !== false;
    waitsForView = false;
    return commands.groupBy(key);
  }

  return (event: KeyboardEvent): void => {
    const key = keyOf(event);
    if (key === undefined) return;
    const isShifted = key.startsWith('Shift+') && key.length > 'Shift+x'.length;
    const isMove = selection.move(isShifted ? key.slice('Shift+'.length) : key, isShifted);
    if (isMove || act(key)) event.preventDefault();
  };
}

function elementOf({ target }: Event): Element | undefined {
  return target instanceof Element ? target : undefined;
}

function placeOf(event: Event): number | undefined {
  const text = elementOf(event)?.closest<HTMLElement>('[data-place]')?.dataset.place;
  return text === undefined ? undefined : Number(text);
}

function buttonOf(event: Event): HTMLElement | undefined {
  return elementOf(event)?.closest<HTMLElement>('[data-does]') ?? undefined;
}

/** A finger has no second button and no Ctrl: it opens. */
function isTap({ shiftKey, ctrlKey, metaKey }: MouseEvent): boolean {
  return !shiftKey && !ctrlKey && !metaKey && matchMedia('(pointer: coarse)').matches;
}
