import * as z from 'zod/mini';
import * as core from 'zod/v4/core';
import { FAILURE_CODES } from '../../domain/calls/failure.ts';
import { type AttemptId, type BatchId, parseAttemptId, parseBatchId } from '../../domain/ids.ts';
import { type ContentHash, parseContentHash } from '../../domain/item/content.ts';
import { type ImageSettings, isImageSettings } from '../../domain/item/image-settings.ts';
import { IMAGE_TYPES } from '../../domain/item/image-type.ts';
import type { ItemHistory, ItemImage, ItemRef } from '../../domain/item/item.ts';
import { isJsonObject } from '../../domain/json-object.ts';
import type { BudgetAccount } from '../../domain/money/budget.ts';
import type { TableRow } from '../ports.ts';

/** A row that isn't what its key says: another writer's, or an unknown version's. */
export class RowError extends Error {
  override name = 'RowError';
}

/** A schema for every field of a type: a schema strips what it does not name, so a missing field must not compile. */
export type Fields<Type> = { readonly [Name in keyof Type]-?: core.$ZodType<Type[Name]> };

/** Parses a row; throws `RowError` with the row and its first wrong field. */
export function parseRow<Schema extends core.$ZodType>(schema: Schema, row: TableRow): z.output<Schema> {
  const parsed = z.safeParse(schema, row);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue === undefined ? '' : ` at ${issue.path.join('.')}`;
  throw new RowError(`the table's row ${row.pk} / ${row.sk} is not readable${where}`, {
    cause: parsed.error,
  });
}

/** For objects read a million times: a compiled parser takes a third of `z.object`'s time. */
export function compiledObject<Shape extends core.$ZodShape>(
  shape: Shape,
): core.$ZodObject<Shape, core.$strip> {
  return new core.$ZodObjectJIT({ type: 'object', shape }) as core.$ZodObject<Shape, core.$strip>;
}

export const batchId = z.custom<BatchId>(
  (value) => typeof value === 'string' && parseBatchId(value) !== undefined,
);
export const attemptId = z.custom<AttemptId>(
  (value) => typeof value === 'string' && parseAttemptId(value) !== undefined,
);
export const budgetAccount = z.custom<BudgetAccount>((value) => typeof value === 'string');
export const contentHashField = z.custom<ContentHash>(
  (value) => typeof value === 'string' && parseContentHash(value) !== undefined,
);
export const count = z.int().check(z.nonnegative());
/** Half the time of `z.record`, which matters to a million charges. */
export const textMap = z.custom<Readonly<Record<string, string>>>(
  (value) => isJsonObject(value) && Object.values(value).every((text) => typeof text === 'string'),
);
export const failureCode = z.enum(FAILURE_CODES);

export const imageSettings = z.custom<ImageSettings>(isImageSettings);

export const itemReference = z.object({
  batch: batchId,
  row: count,
  variant: count,
} satisfies Fields<ItemRef>);

export const itemImage = z.object({
  key: z.string(),
  sha256: z.string(),
  bytes: count,
  type: z.enum(IMAGE_TYPES),
  width: count,
  height: count,
  extras: z.array(z.string()),
  mismatch: z.exactOptional(z.string()),
  notice: z.exactOptional(z.string()),
  text: z.exactOptional(z.string()),
} satisfies Fields<ItemImage>);

export const itemHistory = z.object({
  failures: z.partialRecord(failureCode, count),
  billable: count,
  crashes: count,
  sharedCrashes: z.exactOptional(count),
  plainRequest: z.boolean(),
  maxTokens: z.exactOptional(count),
  paused: z.exactOptional(
    z.object({
      code: z.exactOptional(failureCode),
      times: count,
      sentAtMs: count,
    } satisfies Fields<Required<ItemHistory>['paused']>),
  ),
  kept: z.exactOptional(attemptId),
} satisfies Fields<ItemHistory>);
