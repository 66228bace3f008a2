import type { ImageSettings } from '../../item/image-settings.ts';
import type { TemplateOptions } from '../template/axes.ts';
import type { Tags } from './tags.ts';

/** The part of a batch's options with which its rows are read; a row's own cell comes before a default. */
export interface RowDefaults extends TemplateOptions {
  readonly variants: number;
  readonly tags: Tags;
  readonly settings: ImageSettings;
}
