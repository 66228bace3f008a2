import * as z from 'zod/mini';
import type { TableKey, TableRow } from '../ports.ts';
import { failureCode, parseRow } from './fields.ts';

/** A pause that only a person ends: nothing is sent to this model, or to any where `model` is `*`. */
export interface ProviderPause {
  readonly model: string;
  readonly code: z.output<typeof failureCode>;
  readonly message: string;
  readonly hint: string;
  readonly since: string;
}

const pauseRow = z.object({
  model: z.string(),
  code: failureCode,
  message: z.string(),
  hint: z.string(),
  since: z.string(),
});

/** Stands for all models of the provider. */
export const ALL_MODELS = '*';

export function pauseKey(model: string): TableKey {
  return { pk: `PROVIDER#${model}`, sk: 'PAUSE' };
}

export function pauseToRow(pause: ProviderPause): TableRow {
  return { ...pauseKey(pause.model), ...pause };
}

export function rowToPause(row: TableRow): ProviderPause {
  return parseRow(pauseRow, row);
}
