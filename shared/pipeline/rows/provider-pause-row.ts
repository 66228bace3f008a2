import * as z from 'zod/mini';
import { DEFAULT_PROVIDER } from '../../domain/calls/models.ts';
import type { TableKey, TableRow } from '../ports.ts';
import { count, type Fields, failureCode, parseRow } from './fields.ts';

/** `person`: you asked for it; else the failure that needs you. */
const pauseCode = z.union([failureCode, z.literal('person')]);

/** A pause until you end it, or its own end: for this model, or all that `model` stands for (`*`). */
export interface ProviderPause {
  readonly model: string;
  readonly code: z.output<typeof pauseCode>;
  readonly message: string;
  readonly hint: string;
  readonly since: string;
  /** The fingerprint of its key and endpoint: it pauses no others. */
  readonly access?: string;
  /** By a worker with its own key on a deployed stage: it pauses only that key. */
  readonly isGuests?: boolean;
  /** When it ends by itself, as the provider asked. */
  readonly untilMs?: number;
}

const pauseRow = z.object({
  model: z.string(),
  code: pauseCode,
  message: z.string(),
  hint: z.string(),
  since: z.string(),
  access: z.exactOptional(z.string()),
  isGuests: z.exactOptional(z.boolean()),
  untilMs: z.exactOptional(count),
} satisfies Fields<ProviderPause>);

/** All models: the built-in provider's if a failure paused them, every provider's if you did. */
export const ALL_MODELS = '*';

/** All models of a provider: its trouble is not another's. */
export function allModelsOf(provider: string): string {
  return provider === DEFAULT_PROVIDER ? ALL_MODELS : `${provider}/${ALL_MODELS}`;
}

export function pauseKey(model: string, access?: string): TableKey {
  return { pk: pausesQuery(model).pk, sk: access === undefined ? 'PAUSE' : `PAUSE#by-${access}` };
}

/** The beginning of a model's pauses' sort keys. */
export function pausesQuery(model: string) {
  return { pk: `PROVIDER#${model}`, skPrefix: 'PAUSE' };
}

/** Your pause is separate from failures' pauses, so that ending one keeps the other. */
export const PERSON_PAUSE_KEY: TableKey = { pk: `PROVIDER#${ALL_MODELS}`, sk: 'PAUSE#person' };

export function pauseToRow(pause: ProviderPause): TableRow {
  return { ...(pause.code === 'person' ? PERSON_PAUSE_KEY : pauseKey(pause.model, pause.access)), ...pause };
}

export function rowToPause(row: TableRow): ProviderPause {
  return parseRow(pauseRow, row);
}
