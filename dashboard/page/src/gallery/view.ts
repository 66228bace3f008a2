import type { BatchIndex } from '../../../api/batch.ts';
import type { MarkMap } from '../lib/batch-store.ts';

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
  const letters = STATES[view.state];
  const model = view.model === '' ? -2 : index.dict.models.indexOf(view.model);
  const code = view.code === '' ? -2 : index.dict.codes.indexOf(view.code);
  const tagged = view.tag === '' ? undefined : tagSets(index, view.tag);
  const places: number[] = [];
  for (let place = 0; place < index.count; place += 1) {
    if (letters !== undefined && !letters.includes(index.state[place] ?? '')) continue;
    if (view.state === 'picked' && marks.get(place)?.mark !== 'picked') continue;
    if (view.state === 'aside' && marks.get(place)?.mark !== 'aside') continue;
    if (model !== -2 && index.model[place] !== model) continue;
    if (code !== -2 && index.code[place] !== code) continue;
    if (view.notice !== '' && (index.notice[place] ?? -1) === -1) continue;
    if (tagged !== undefined && !tagged.has(index.tags[place] ?? -1)) continue;
    if (found !== undefined && !found.has(place)) continue;
    places.push(place);
  }
  if (view.sort === 'newest') places.sort((a, b) => (index.at[b] ?? 0) - (index.at[a] ?? 0) || a - b);
  if (view.sort === 'cost')
    places.sort((a, b) => (index.creditsMicro[b] ?? 0) - (index.creditsMicro[a] ?? 0) || a - b);
  return places;
}

/** Sets of tags that have this `name=value` among them. */
function tagSets(index: BatchIndex, tag: string): ReadonlySet<number> {
  return new Set(index.dict.tags.flatMap((set, nth) => (set.split(';').includes(tag) ? [nth] : [])));
}

/** Every `name=value` that an item has. */
export function tagsIn(index: BatchIndex): string[] {
  return [...new Set(index.dict.tags.flatMap((set) => set.split(';')))].sort();
}

interface StateCounts {
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
