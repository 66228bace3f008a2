import type { ItemSpec } from './item.ts';

/** What an item asks for, its reference images by the SHA-256 of their bytes. */
export type Asked = Pick<ItemSpec, 'prompt' | 'settings' | 'references'>;

/**
 * Names of the columns in which two items of one `id` and variant ask for different things; none where the same is asked. (It
 * may be made anew all the same: where its image is gone, or another model is sent under the same name.)
 */
export function changedColumns(before: Asked, after: Asked): string[] {
  const [was, is] = [cellsOf(before), cellsOf(after)];
  return Object.keys(is).filter((column) => was[column] !== is[column]);
}

function cellsOf({ prompt, settings, references }: Asked): Record<string, string | number | undefined> {
  const { model, aspectRatio, imageSize, temperature, topP, maxTokens, system, ...others } = settings;
  others satisfies Record<string, never>;
  return {
    prompt,
    model,
    aspect_ratio: aspectRatio,
    image_size: imageSize,
    temperature,
    top_p: topP,
    max_tokens: maxTokens,
    system,
    references: references.join('|'),
  };
}
