import { parseFlag, parseWhole } from '../cell-values.ts';
import { type Rejection, type RowFields, rejected } from '../format.ts';
import { type Expansion, formatAxes, parseAxes } from './axes.ts';

export const EXPANSION_OPTIONS = ['axes', 'expand', 'sample', 'seed', 'max-items'] as const;

/** Bounds the price of a mistake in a template. */
const MOST_MAX_ITEMS = 1_000_000;
const MAX_SEED_BYTES = 100;

export function parseExpansion(fields: RowFields): Expansion | undefined | Rejection {
  const axes = parseAxes(fields.axes ?? '', fields.template);
  if (axes.kind === 'rejected') return axes;
  const prompts = parseFlag(fields, 'expand');
  if (typeof prompts === 'object') return prompts;
  const sample = parseWhole(fields, 'sample', MOST_MAX_ITEMS);
  if (typeof sample === 'object') return sample;
  const maxItems = parseWhole(fields, 'max-items', MOST_MAX_ITEMS);
  if (typeof maxItems === 'object') return maxItems;
  const seed = (fields.seed ?? '').trim();
  if (Buffer.byteLength(seed) > MAX_SEED_BYTES) return rejected(`is over ${MAX_SEED_BYTES} bytes`, 'seed');
  const expansion = {
    ...(prompts && { prompts }),
    ...(sample !== undefined && { sample }),
    ...(maxItems !== undefined && { maxItems }),
    ...(seed !== '' && { seed }),
  };
  const isSaid = axes.axes.length > 0 || Object.keys(expansion).length > 0;
  return isSaid ? { axes: axes.axes, ...expansion } : undefined;
}

export function expansionTexts(expansion: Expansion | undefined) {
  return {
    axes: expansion && (formatAxes(expansion.axes) || undefined),
    expand: expansion?.prompts && 'true',
    sample: expansion?.sample?.toString(),
    seed: expansion?.seed,
    'max-items': expansion?.maxItems?.toString(),
  };
}
