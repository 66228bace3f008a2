import type { ImageSettings } from '../../item/image-settings.ts';
import type { TemplateOptions } from '../template/axes.ts';
import type { Tags } from './tags.ts';

/** Batch options for reading rows; a row's own cell takes precedence. */
export interface RowDefaults extends TemplateOptions {
  readonly variants: number;
  readonly tags: Tags;
  readonly settings: ImageSettings;
}
