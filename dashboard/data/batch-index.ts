import { createHash } from 'node:crypto';
import { type Item, type ItemState, imageOf } from '../../shared/domain/item/item.ts';
import { settingCells } from '../../shared/domain/prompt-file/row/settings.ts';
import type { BatchIndex, ItemChange } from '../api/batch.ts';
import type { Snapshot } from './snapshots.ts';

const LETTERS: Readonly<Record<ItemState['kind'], string>> = {
  done: 'd',
  reused: 'r',
  failed: 'f',
  cancelled: 'c',
  working: 'w',
  queued: 'q',
};

/** A column with more values than this is nothing to lay images out by. */
const MOST_AXIS_VALUES = 50;

const made = new WeakMap<Snapshot, BatchIndex>();

/** All items of a batch in columns, as the page filters, sorts and groups them; made once of each snapshot. */
export function indexOf(snapshot: Snapshot): BatchIndex {
  const index = made.get(snapshot) ?? makeIndex(snapshot);
  made.set(snapshot, index);
  return index;
}

function makeIndex(snapshot: Snapshot): BatchIndex {
  const { items, truncated } = snapshot;
  const models = dictionary();
  const codes = dictionary();
  const notices = dictionary();
  const tags = dictionary();
  return {
    version: etagOf(snapshot),
    count: items.length,
    truncated,
    row: items.map(({ row }) => row),
    variant: items.map(({ variant }) => variant),
    name: items.map(({ fileName }) => fileName),
    state: items.map(({ state }) => LETTERS[state.kind]).join(''),
    code: items.map(({ state }) => (state.kind === 'failed' ? codes.place(state.code) : -1)),
    model: items.map(({ settings }) => models.place(settings.model)),
    width: items.map((item) => imageOf(item)?.width ?? 0),
    height: items.map((item) => imageOf(item)?.height ?? 0),
    creditsMicro: items.map(({ creditsMicro }) => creditsMicro),
    notice: items.map((item) => notices.placeOf(noticeOf(item))),
    tags: items.map((item) => tags.placeOf(tagText(item))),
    at: items.map(endedSeconds),
    sha8: items.map(sha8Of),
    dict: { models: models.values, codes: codes.values, notices: notices.values, tags: tags.values },
    axes: axesOf(items),
  };
}

/** Names the content of an index: another name, another index. */
export function etagOf({ batch, version, items }: Snapshot): string {
  const hash = createHash('sha256').update(`${batch}\n${version}\n`);
  for (const item of items) hash.update(LETTERS[item.state.kind]);
  return hash.digest('hex').slice(0, 16);
}

/** What changed from one snapshot to the next, in the order of `itemChange`; undefined if their items are not the same. */
export function changesBetween(before: Snapshot, after: Snapshot): ItemChange[] | undefined {
  if (before.items.length !== after.items.length) return undefined;
  const codes = [
    ...new Set(after.items.flatMap(({ state }) => (state.kind === 'failed' ? [state.code] : []))),
  ];
  const knownCodes = indexCodes(before);
  if (codes.some((code) => !knownCodes.includes(code))) return undefined;
  const changes: ItemChange[] = [];
  for (const [place, item] of after.items.entries()) {
    const was = before.items[place];
    if (was === undefined || (was.state.kind === item.state.kind && sha8Of(was) === sha8Of(item))) continue;
    // A notice that is new needs a new dictionary.
    if (noticeOf(item) !== undefined) return undefined;
    const image = imageOf(item);
    changes.push([
      place,
      LETTERS[item.state.kind],
      item.state.kind === 'failed' ? knownCodes.indexOf(item.state.code) : -1,
      image?.width ?? 0,
      image?.height ?? 0,
      item.creditsMicro,
      -1,
      endedSeconds(item),
      sha8Of(item),
    ]);
  }
  return changes;
}

function indexCodes({ items }: Snapshot): string[] {
  const codes = dictionary();
  for (const { state } of items) if (state.kind === 'failed') codes.place(state.code);
  return codes.values;
}

/** What is worth a look at an image: it is not as asked, or like another one. */
function noticeOf(item: Item): string | undefined {
  const image = imageOf(item);
  return image?.mismatch ?? image?.notice;
}

/** The beginning of an image's hash: names its content in addresses. */
export function sha8Of(item: Item): string {
  return imageOf(item)?.sha256.slice(0, 8) ?? '';
}

export function endedSeconds({ attempts }: Pick<Item, 'attempts'>): number {
  const last = attempts?.at(-1);
  return last === undefined ? 0 : Math.round((Date.parse(last.at) + last.workMs) / 1_000);
}

function tagText({ tags }: Item): string | undefined {
  const pairs = Object.entries(tags).map(([name, value]) => `${name}=${value}`);
  return pairs.length === 0 ? undefined : pairs.sort().join(';');
}

function dictionary() {
  const places = new Map<string, number>();
  const values: string[] = [];
  const place = (value: string): number => {
    const known = places.get(value);
    if (known !== undefined) return known;
    places.set(value, values.length);
    values.push(value);
    return values.length - 1;
  };
  return { values, place, placeOf: (value: string | undefined) => (value === undefined ? -1 : place(value)) };
}

/** Settings and own columns by which rows differ, each with its values in order of their first row. */
function axesOf(items: readonly Item[]): BatchIndex['axes'] {
  const cells = items.map(cellsReader());
  const found = new Map<string, Map<string, number>>();
  for (const [name, value] of cells.flatMap(Object.entries<string>)) {
    const values = found.get(name) ?? new Map<string, number>();
    found.set(name, values);
    if (!values.has(value) && values.size <= MOST_AXIS_VALUES) values.set(value, values.size);
  }
  return [...found]
    .filter(([, values]) => values.size > 1 && values.size <= MOST_AXIS_VALUES)
    .map(([name, values]) => ({
      name,
      values: [...values.keys()],
      value: cells.map(({ [name]: value }) => (value === undefined ? -1 : (values.get(value) ?? -1))),
    }));
}

/** A batch has few settings, and thousands of items of each. */
function cellsReader(): (item: Item) => Record<string, string> {
  const bySettings = new Map<string, Record<string, string>>();
  return ({ settings, columns }) => {
    const key = JSON.stringify(settings);
    const cells = bySettings.get(key) ?? textsOf(settingCells(settings));
    bySettings.set(key, cells);
    return { ...columns, ...cells };
  };
}

function textsOf({ system: _, ...cells }: ReturnType<typeof settingCells>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(cells).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}
