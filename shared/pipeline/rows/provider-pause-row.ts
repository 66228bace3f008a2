import * as z from 'zod/mini';
import { DEFAULT_PROVIDER } from '../../domain/calls/models.ts';
import type { TableKey, TableRow } from '../ports.ts';
import { count, type Fields, failureCode, parseRow } from './fields.ts';

/** `person`: somebody asked for it; else the failure that calls for a person. */
const pauseCode = z.union([failureCode, z.literal('person')]);

/** A pause that a person ends, or its own end: nothing is sent to this model, or to any that `model` stands for (`*`). */
export interface ProviderPause {
  readonly model: string;
  readonly code: z.output<typeof pauseCode>;
  readonly message: string;
  readonly hint: string;
  readonly since: string;
  /** Fingerprint of the key and endpoint that it belongs to: another key, or another address, is not paused by it. */
  readonly access?: string;
  /** Found by a worker that came to a deployed stage with a key of its own: only workers with that key are paused. */
  readonly isGuests?: boolean;
  /** When it ends without a person: as long as the provider asked to wait. */
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

/** Stands for all models: those of the built-in provider where a failure paused them, of every provider where a person did. */
export const ALL_MODELS = '*';

/** What stands for all models of a provider. A provider's trouble, such as a refused key, is not that of another one. */
export function allModelsOf(provider: string): string {
  return provider === DEFAULT_PROVIDER ? ALL_MODELS : `${provider}/${ALL_MODELS}`;
}

export function pauseKey(model: string, access?: string): TableKey {
  return { pk: pausesQuery(model).pk, sk: access === undefined ? 'PAUSE' : `PAUSE#by-${access}` };
}

/** All pauses of a model, or of what stands for all models: the beginning of their sort keys. */
export function pausesQuery(model: string) {
  return { pk: `PROVIDER#${model}`, skPrefix: 'PAUSE' };
}

/** What a person asked for stands beside what failures brought about: fixing one does not end the other. */
export const PERSON_PAUSE_KEY: TableKey = { pk: `PROVIDER#${ALL_MODELS}`, sk: 'PAUSE#person' };

export function pauseToRow(pause: ProviderPause): TableRow {
  return { ...(pause.code === 'person' ? PERSON_PAUSE_KEY : pauseKey(pause.model, pause.access)), ...pause };
}

export function rowToPause(row: TableRow): ProviderPause {
  return parseRow(pauseRow, row);
}
