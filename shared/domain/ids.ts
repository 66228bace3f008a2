declare const brand: unique symbol;

/** Names one submitted file. Derived from its object key and version, so the same upload is the same batch. */
export type BatchId = string & { readonly [brand]: 'BatchId' };

/** Names one call to the provider; it stands in the charge and in the metadata of the image it brought. */
export type AttemptId = string & { readonly [brand]: 'AttemptId' };

const BATCH_ID = /^[a-z0-9][a-z0-9-]{0,99}$/;
const ATTEMPT_ID = /^[A-Za-z0-9-]{8,64}$/;

/** Reads a batch id given from outside (a message, an argument); undefined if it cannot be one. */
export function parseBatchId(text: string): BatchId | undefined {
  return BATCH_ID.test(text) ? (text as BatchId) : undefined;
}

/** Reads an attempt id from a table row or from object metadata; undefined if it cannot be one. */
export function parseAttemptId(text: string): AttemptId | undefined {
  return ATTEMPT_ID.test(text) ? (text as AttemptId) : undefined;
}
