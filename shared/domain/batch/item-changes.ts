import type { ItemSpec } from '../item/item.ts';
import { settingCells } from '../prompt-file/row/settings.ts';

/** What an item asks for, its reference images by the SHA-256 of their bytes. */
type Asked = Pick<ItemSpec, 'prompt' | 'messages' | 'settings' | 'references'>;

/**
 * Names of the columns in which two items of one `id` and variant ask for different things; none if the same is asked. (It
 * may be generated again anyway: where its image is gone, or another model is sent under the same name.)
 */
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
