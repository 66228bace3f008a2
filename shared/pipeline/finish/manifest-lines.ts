import { type Item, type ItemRef, imageOf } from '../../domain/item/item.ts';
import { MANIFEST_COLUMNS } from '../../domain/item/manifest-columns.ts';
import { formatCredits } from '../../domain/money/money.ts';
import { settingCells } from '../../domain/prompt-file/row/settings.ts';

/** What an image's key is called where the manifest lies. */
export type NameOf = (item: Item, key: string) => string;

export type ManifestLine = Readonly<Record<string, string | number | undefined>>;

/** An own column that has the name of one of ours keeps it, marked. */
export function ownName(name: string): string {
  return MANIFEST_COLUMNS.includes(name) ? `file.${name}` : name;
}

export function cellOf<Cell>(line: Readonly<Record<string, Cell>>, name: string): Cell | undefined {
  return Object.hasOwn(line, name) ? line[name] : undefined;
}

/** An item as a line of the CSV: what came of it, and what was asked, in the columns of a file of prompts. */
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

/** The same as JSON, with all that is stored of it. */
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

/** What the answer says, beside its image or in place of one. */
function textOf(item: Item): string | undefined {
  return item.state.kind === 'failed' ? item.state.text : imageOf(item)?.text;
}

/** Undefined if it is one of ours, which begins with the number of a row that another file has for another. */
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
