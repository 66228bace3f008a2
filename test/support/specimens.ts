import { type AttemptId, type BatchId, parseAttemptId, parseBatchId } from '../../shared/domain/ids.ts';
import { type ContentHash, contentHash } from '../../shared/domain/item/content.ts';
import type { ItemSpec } from '../../shared/domain/item/item.ts';
import type { Charge, ChargeOutcome } from '../../shared/domain/money/charge.ts';

export const MODEL = 'gemini-3.1-flash-image-preview';

export function batchIdFrom(text: string): BatchId {
  const id = parseBatchId(text);
  if (id === undefined) throw new Error(`not a batch id: ${text}`);
  return id;
}

export function attemptIdFrom(text: string): AttemptId {
  const id = parseAttemptId(text);
  if (id === undefined) throw new Error(`not an attempt id: ${text}`);
  return id;
}

export const CONTENT: ContentHash = contentHash({
  prompt: 'a fox',
  settings: { model: MODEL },
  profile: { sendAs: MODEL, dialect: 'none' },
  references: [],
  occurrence: 1,
});

export const BATCH = batchIdFrom('foxes-0123456789');

export function specOf(row: number, more: Partial<ItemSpec> = {}): ItemSpec {
  return {
    row,
    variant: 1,
    fileName: `${String(row).padStart(4, '0')}-a-fox`,
    prompt: 'a fox',
    settings: { model: MODEL },
    references: [],
    tags: {},
    columns: {},
    ...more,
  };
}

export function chargeOf(outcome: ChargeOutcome, more: Partial<Charge> = {}): Charge {
  return {
    attempt: attemptIdFrom('attempt-0001'),
    batch: BATCH,
    row: 1,
    variant: 1,
    model: MODEL,
    provider: 'core-today',
    rate: 0.001,
    at: '2026-11-21T12:00:00.000Z',
    outcome,
    images: outcome === 'image' ? 1 : 0,
    tags: {},
    split: { inputTokens: 9, textTokens: 683, imageTokens: 1120, basis: 'estimated', flags: [] },
    price: 'flash-2025-11',
    creditsMicro: 69_253_500,
    creditsMaxMicro: 108_184_500,
    usage: { promptTokens: 9, completionTokens: 1803, totalTokens: 1812 },
    ...more,
  };
}
