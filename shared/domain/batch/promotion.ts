import type { ImageSettings } from '../item/image-settings.ts';
import { type Item, imageOf } from '../item/item.ts';
import { settingCells } from '../prompt-file/row/settings.ts';

/** A row of an earlier batch, or one variant of it. */
export interface Pick {
  readonly row: number;
  readonly variant?: number;
}

/** Reads `3,7/2,12`: rows, or row and variant; undefined if it is no such list. */
export function parsePicks(text: string): Pick[] | undefined {
  const picks: Pick[] = [];
  for (const part of text.split(',')) {
    const [, row, variant] = /^\s*([1-9]\d{0,8})(?:\/([1-9]\d{0,6}))?\s*$/.exec(part) ?? [];
    if (row === undefined) return undefined;
    picks.push({ row: Number(row), ...(variant !== undefined && { variant: Number(variant) }) });
  }
  return picks;
}

export interface Promotion {
  /** Settings that the new batch gives to all: those of the rows give way. */
  readonly given: Partial<ImageSettings>;
  /** Whether the earlier image is sent along as the first reference. */
  readonly fromDraft: boolean;
  /** In place of each item's own prompt; `{{column}}` is filled in from its columns. */
  readonly prompt?: string;
}

/** A chosen item as a line of a new JSONL file, asking for the same with other settings. */
export function promotedLine(item: Item, { given, fromDraft, prompt }: Promotion): string {
  const draft = fromDraft ? imageOf(item)?.key : undefined;
  const earlier = draft === undefined ? [] : [draft];
  const line = {
    ...item.columns,
    ...(prompt === undefined
      ? askedOf(item, earlier)
      : { prompt, references: [...earlier, ...item.references] }),
    // The batch's own names begin with the number of a row, which another row has now.
    name: /^\d{4,}(-|$)/.test(item.fileName) ? undefined : literal(item.fileName),
    ...settingCells({ ...item.settings, ...given }),
    tags: Object.fromEntries(Object.entries(item.tags).map(([key, value]) => [key, literal(value)])),
    promoted_from: `${item.batch}#${item.row}/${item.variant}`,
  };
  return JSON.stringify(line);
}

/** What is asked for, with further images before those of the item. */
function askedOf({ prompt, messages, references }: Item, earlier: readonly string[]) {
  if (messages === undefined) return { prompt: literal(prompt), references: [...earlier, ...references] };
  const asked = messages.map(({ role, content }) => ({
    role,
    content: content.map((part) =>
      typeof part === 'string' ? { type: 'text', text: part } : imagePart(references[part] ?? ''),
    ),
  }));
  asked.at(-1)?.content.unshift(...earlier.map(imagePart));
  return { messages: asked };
}

function imagePart(url: string) {
  return { type: 'image_url', image_url: { url } };
}

/** What was filled in already is not filled in again. */
function literal(text: string): string {
  return text.replaceAll('{{', '\\{{');
}
