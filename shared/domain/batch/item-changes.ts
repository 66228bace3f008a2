import type { ItemSpec } from '../item/item.ts';
import { settingCells } from '../prompt-file/row/settings.ts';

/** What an item asks for, references by SHA-256. */
type Asked = Pick<ItemSpec, 'prompt' | 'messages' | 'settings' | 'references'>;

/** Columns in which two items of one `id` and variant differ; none if they ask for the same. */
export function changedColumns(before: Asked, after: Asked): string[] {
  const [was, is] = [cellsOf(before), cellsOf(after)];
  return Object.keys(is).filter((column) => was[column] !== is[column]);
}

function cellsOf({
  prompt,
  messages,
  settings,
  references,
}: Asked): Record<string, string | number | undefined> {
  return {
    prompt,
    messages: messages && JSON.stringify(messages),
    ...settingCells(settings),
    references: references.join('|'),
  };
}
