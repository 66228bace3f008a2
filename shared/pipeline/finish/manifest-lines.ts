import { type Item, type ItemRef, imageOf } from '../../domain/item/item.ts';
import { MANIFEST_COLUMNS } from '../../domain/item/manifest-columns.ts';
import { formatCredits } from '../../domain/money/money.ts';
import { settingCells } from '../../domain/prompt-file/row/settings.ts';

/** An image key's name relative to the manifest. */
export type NameOf = (item: Item, key: string) => string;

export type ManifestLine = Readonly<Record<string, string | number | undefined>>;

/** Marks a file's own column that is named like ours. */
export function ownName(name: string): string {
  return MANIFEST_COLUMNS.includes(name) ? `file.${name}` : name;
}

export function cellOf<Cell>(line: Readonly<Record<string, Cell>>, name: string): Cell | undefined {
  return Object.hasOwn(line, name) ? line[name] : undefined;
}

/** An item as a CSV line: results, and what was asked, in a prompt file's columns. */
export function manifestLine(item: Item, own: readonly string[], nameOf: NameOf): ManifestLine {
  const { state } = item;
  const image = imageOf(item);
  return {
    ...Object.fromEntries(own.map((name) => [ownName(name), cellOf(item.columns, name)])),
    ...settingCells(item.settings),
    row: item.row,
    variant: item.variant,
    id: item.id,
    state: state.kind,
    file: image && nameOf(item, image.key),
    type: image?.type,
    width: image?.width,
    height: image?.height,
    bytes: image?.bytes,
    sha256: image?.sha256,
    credits: formatCredits(item.creditsMicro),
    credits_unknown_max: formatCredits(item.creditsMaxUnknownMicro),
    prompt: item.prompt,
    tags: tagsText(item),
    code: state.kind === 'failed' ? state.code : undefined,
    message: state.kind === 'failed' ? state.message : undefined,
    mismatch: image?.mismatch,
    extras: image?.extras.map((key) => nameOf(item, key)).join('|'),
    reused_from: state.kind === 'reused' ? itemName(state.madeFor) : undefined,
    text: textOf(item),
    name: nameGiven(item),
    references: item.references.join('|'),
  };
}

/** The same as JSON, with all that is stored. */
export function manifestJson(item: Item, nameOf: NameOf) {
  const { history: _, attempts: __, state, ...rest } = item;
  const { kind, ...detail } = state;
  const image = imageOf(item);
  return {
    ...rest,
    ...settingCells(item.settings),
    state: kind,
    ...detail,
    file: image && nameOf(item, image.key),
    text: textOf(item),
    name: nameGiven(item),
  };
}

function textOf(item: Item): string | undefined {
  return item.state.kind === 'failed' ? item.state.text : imageOf(item)?.text;
}

/** Undefined for our own names: they begin with a row number, which differs in another file. */
function nameGiven({ fileName }: Item): string | undefined {
  return /^\d{4,}(?:-|$)/.test(fileName) ? undefined : fileName;
}

function tagsText({ tags }: Item): string {
  return Object.entries(tags)
    .sort()
    .map(([key, value]) => `${key}=${value}`)
    .join(';');
}

/** Such as `cards-0a1b2c3d4e#12/1`: batch, row, variant. */
function itemName({ batch, row, variant }: ItemRef): string {
  return `${batch}#${row}/${variant}`;
}
