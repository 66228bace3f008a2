import type { ImageSettings } from '../item/image-settings.ts';
import { type Item, imageOf } from '../item/item.ts';
import { settingCells } from '../prompt-file/row/settings.ts';

/** An earlier batch's row, or one variant. */
export interface Pick {
  readonly row: number;
  readonly variant?: number;
}

/** Reads `3,7/2,12`: rows, or row and variant; else undefined. */
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
  /** Settings for all items, over the rows' own. */
  readonly given: Partial<ImageSettings>;
  /** The earlier image is the first reference. */
  readonly fromDraft: boolean;
  /** Replaces each prompt; `{{column}}` is filled from its item. */
  readonly prompt?: string;
}

/** A chosen item as a JSONL line with other settings. */
export function promotedLine(item: Item, { given, fromDraft, prompt }: Promotion): string {
  const draft = fromDraft ? imageOf(item)?.key : undefined;
  const earlier = draft === undefined ? [] : [draft];
  const line = {
    ...item.columns,
    ...(prompt === undefined
      ? askedOf(item, earlier)
      : { prompt, references: [...earlier, ...item.references] }),
    // Default names begin with a row number, which another row has now.
    name: /^\d{4,}(-|$)/.test(item.fileName) ? undefined : literal(item.fileName),
    ...settingCells({ ...item.settings, ...given }),
    tags: Object.fromEntries(Object.entries(item.tags).map(([key, value]) => [key, literal(value)])),
    promoted_from: `${item.batch}#${item.row}/${item.variant}`,
  };
  return JSON.stringify(line);
}

/** What is asked for, with further references first. */
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

/** Filled-in text is not filled again. */
function literal(text: string): string {
  return text.replaceAll('{{', '\\{{');
}
