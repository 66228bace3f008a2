import type { BatchIndex } from '../../../api/batch.ts';
import type { MarkMap } from '../lib/marks-store.ts';

/** What the address says of a gallery. */
export interface View {
  readonly state: string;
  readonly code: string;
  readonly model: string;
  readonly tag: string;
  readonly notice: string;
  readonly q: string;
  /** `row`, or the name of an axis as `axis:NAME`, or none. */
  readonly group: string;
  readonly sort: 'row' | 'newest' | 'cost';
}

export function viewOf(query: Readonly<Record<string, string>>): View {
  const sort = query.sort === 'newest' || query.sort === 'cost' ? query.sort : 'row';
  const { state = '', code = '', model = '', tag = '', notice = '', q = '', group = '' } = query;
  return { state, code, model, tag, notice, q, group, sort };
}

export const NO_FILTER = { state: '', code: '', model: '', tag: '', notice: '', q: '' } as const;

export function isFiltered({ state, code, model, tag, notice, q }: View): boolean {
  return [state, code, model, tag, notice, q].some((each) => each !== '');
}

/** Letters of the index by what the state filter calls them. */
const STATES: Readonly<Record<string, string>> = { ready: 'dr', failed: 'f', waiting: 'qw', cancelled: 'c' };

/** Places of the items that a view shows, in its order. `found` are those that the server found for the search. */
export function placesOf(
  index: BatchIndex,
  marks: MarkMap,
  view: View,
  found: ReadonlySet<number> | undefined,
): number[] {
  const tests = testsOf(index, marks, view);
  if (found !== undefined) tests.push((place) => found.has(place));
  const places: number[] = [];
  for (let place = 0; place < index.count; place += 1) {
    if (tests.every((test) => test(place))) places.push(place);
  }
  if (view.sort === 'row') return places;
  const highest = view.sort === 'newest' ? index.at : index.creditsMicro;
  return places.sort((a, b) => (highest[b] ?? 0) - (highest[a] ?? 0) || a - b);
}

/** What the address asks of an item: one test for each filter that is set. */
function testsOf(index: BatchIndex, marks: MarkMap, view: View): ((place: number) => boolean)[] {
  const letters = STATES[view.state];
  const isMark = view.state === 'picked' || view.state === 'aside';
  const model = index.dict.models.indexOf(view.model);
  const code = index.dict.codes.indexOf(view.code);
  const tagged = tagSets(index, view.tag);
  const filters: readonly (readonly [isSet: boolean, test: (place: number) => boolean])[] = [
    [letters !== undefined, (place) => letters?.includes(index.state[place] ?? '') === true],
    [isMark, (place) => marks.get(place)?.mark === view.state],
    [view.model !== '', (place) => index.model[place] === model],
    [view.code !== '', (place) => index.code[place] === code],
    [view.notice !== '', (place) => (index.notice[place] ?? -1) !== -1],
    [view.tag !== '', (place) => tagged.has(index.tags[place] ?? -1)],
  ];
  return filters.flatMap(([isSet, test]) => (isSet ? [test] : []));
}

/** Sets of tags that have this `name=value` among them. */
function tagSets(index: BatchIndex, tag: string): ReadonlySet<number> {
  return new Set(index.dict.tags.flatMap((set, nth) => (set.split(';').includes(tag) ? [nth] : [])));
}

/** Every `name=value` that an item has. */
export function tagsIn(index: BatchIndex): string[] {
  return [...new Set(index.dict.tags.flatMap((set) => set.split(';')))].sort();
}

export interface StateCounts {
  readonly all: number;
  readonly ready: number;
  readonly failed: number;
  readonly waiting: number;
  readonly picked: number;
  /** Failed items by code. */
  readonly codes: ReadonlyMap<string, number>;
}

export function countStates(index: BatchIndex, marks: MarkMap): StateCounts {
  const counts: Record<string, number> = {};
  const codes = new Map<string, number>();
  for (let place = 0; place < index.count; place += 1) {
    const letter = index.state[place] ?? '';
    counts[letter] = (counts[letter] ?? 0) + 1;
    const code = index.dict.codes[index.code[place] ?? -1];
    if (letter === 'f' && code !== undefined) codes.set(code, (codes.get(code) ?? 0) + 1);
  }
  const of = (letters: string) => [...letters].reduce((sum, letter) => sum + (counts[letter] ?? 0), 0);
  let picked = 0;
  for (const { mark } of marks.values()) if (mark === 'picked') picked += 1;
  return { all: index.count, ready: of('dr'), failed: of('f'), waiting: of('qw'), picked, codes };
}
