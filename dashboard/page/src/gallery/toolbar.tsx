import { useState } from 'preact/hooks';
import type { BatchIndex } from '../../../api/batch.ts';
import type { BatchStore } from '../lib/batch-store.ts';
import { counted } from '../lib/format.ts';
import { go, withQuery } from '../lib/route.ts';
import { adviceOf } from './advice.ts';
import { seenRow } from './gallery-actions.ts';
import { type GalleryState, LARGEST_TILE, SMALLEST_TILE } from './gallery-state.ts';
import { countStates, isFiltered, NO_FILTER, type StateCounts, tagsIn, type View } from './view.ts';

const TYPING_MS = 200;
let typing = 0;

interface ToolbarProps {
  readonly store: BatchStore;
  readonly state: GalleryState;
}

/** Search, filters, grouping, order and size. The address holds them all. */
export function Toolbar({ store, state }: ToolbarProps) {
  const [sheet, setSheet] = useState(false);
  const index = store.index.value;
  if (index === undefined || !store.isWhole.value) return <div class="toolbar" />;
  const view = state.view.value;
  const counts = countStates(index, store.marks.value);
  return (
    <div class={sheet ? 'toolbar sheet-open' : 'toolbar'} role="search" aria-label="Filter and order">
      <Search q={view.q} />
      <button type="button" class="narrow-only" aria-expanded={sheet} onClick={() => setSheet(!sheet)}>
        Filter · sort
      </button>
      <div class="filters">
        <States view={view} counts={counts} />
        <Filters index={index} view={view} counts={counts} />
        <Arrangement index={index} view={view} />
        <input
          type="range"
          class="size"
          aria-label="Size of the images"
          min={SMALLEST_TILE}
          max={LARGEST_TILE}
          value={state.tile.value}
          onInput={(event) => {
            state.tile.value = Number(event.currentTarget.value);
          }}
        />
        {isFiltered(view) && (
          <button type="button" class="plain" onClick={() => show(NO_FILTER)}>
            Clear filter
          </button>
        )}
      </div>
      <Position rows={index.row.at(-1) ?? 0} />
    </div>
  );
}

function show(changes: Readonly<Record<string, string>>): void {
  go(withQuery(changes), 'replace');
}

function Search({ q }: { readonly q: string }) {
  return (
    <input
      type="search"
      class="search"
      placeholder="Search  /"
      aria-label="Search prompts, names, tags"
      defaultValue={q}
      onInput={(event) => {
        const words = event.currentTarget.value;
        window.clearTimeout(typing);
        typing = window.setTimeout(() => show({ q: words }), TYPING_MS);
      }}
    />
  );
}

function States({ view, counts }: { readonly view: View; readonly counts: StateCounts }) {
  const states = [
    ['', 'All', counts.all],
    ['ready', 'Ready', counts.ready],
    ['failed', 'Failed', counts.failed],
    ['waiting', 'Waiting', counts.waiting],
    ['picked', 'Picked', counts.picked],
  ] as const;
  return (
    <fieldset class="segments">
      <legend class="hidden">State</legend>
      {states
        .filter(([name, , of]) => of > 0 || name === '' || name === view.state)
        .map(([name, word, of]) => (
          <button
            key={name}
            type="button"
            aria-pressed={view.state === name}
            onClick={() => show({ state: name, code: '' })}
          >
            {word} {counted(of)}
          </button>
        ))}
    </fieldset>
  );
}

interface FiltersProps {
  readonly index: BatchIndex;
  readonly view: View;
  readonly counts: StateCounts;
}

/** A filter is there if it tells items of this batch apart. */
function Filters({ index, view, counts }: FiltersProps) {
  return (
    <>
      {view.state === 'failed' && counts.codes.size > 1 && (
        <Choice
          label="Failure"
          none="All failures"
          value={view.code}
          options={[...counts.codes].map(([code, of]) => [code, `${adviceOf(code).title} ${of}`])}
          onChange={(code) => show({ code })}
        />
      )}
      <Choice
        label="Model"
        none="All models"
        value={view.model}
        options={index.dict.models.map((model) => [model, model])}
        onChange={(model) => show({ model })}
      />
      <Choice
        label="Tag"
        none="All tags"
        value={view.tag}
        options={tagsIn(index).map((tag) => [tag, tag])}
        onChange={(tag) => show({ tag })}
      />
      {index.dict.notices.length > 0 && (
        <Choice
          label="Notice"
          none="Any size"
          value={view.notice}
          options={[['mismatch', 'Not as asked']]}
          always
          onChange={(notice) => show({ notice })}
        />
      )}
    </>
  );
}

function Arrangement({ index, view }: { readonly index: BatchIndex; readonly view: View }) {
  const axes = index.axes.map(
    ({ name }) => [`axis:${name}`, `Compare ${name.replaceAll('_', ' ')}`] as const,
  );
  return (
    <>
      <Choice
        label="Group"
        none="No groups"
        value={view.group}
        options={[['row', 'Group by row'], ...axes]}
        always
        onChange={(group) => show({ group })}
      />
      <Choice
        label="Order"
        none="Row order"
        value={view.sort === 'row' ? '' : view.sort}
        options={[
          ['newest', 'Newest first'],
          ['cost', 'Highest cost first'],
        ]}
        always
        onChange={(sort) => show({ sort })}
      />
    </>
  );
}

/** Apart, so that scrolling draws nothing else of the toolbar again. */
function Position({ rows }: { readonly rows: number }) {
  return (
    <span class="position small dim">
      {seenRow.value !== undefined && `row ${counted(seenRow.value)} of ${counted(rows)}`}
    </span>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly none: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, word: string])[];
  /** Shown with one option, too. */
  readonly always?: boolean;
  readonly onChange: (value: string) => void;
}

function Choice({ label, none, value, options, always, onChange }: ChoiceProps) {
  if (options.length < 2 && !always && value === '') return null;
  return (
    <select aria-label={label} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
      <option value="">{none}</option>
      {options.map(([name, word]) => (
        <option key={name} value={name}>
          {word}
        </option>
      ))}
    </select>
  );
}
