import type { ImageSize } from '../calls/models.ts';

/** Settings of one image, per row over the batch's; undefined leaves it to the provider. */
export interface ImageSettings {
  readonly model: string;
  readonly aspectRatio?: string;
  readonly imageSize?: ImageSize;
  readonly temperature?: number;
  readonly topP?: number;
  readonly maxTokens?: number;
  readonly system?: string;
}
