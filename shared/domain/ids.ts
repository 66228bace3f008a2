declare const brand: unique symbol;

/** A submitted file, named by object key and version: the same upload is the same batch. */
export type BatchId = string & { readonly [brand]: 'BatchId' };

/** A call to the provider; also in the charge and the image's metadata. */
export type AttemptId = string & { readonly [brand]: 'AttemptId' };

const BATCH_ID = /^[a-z0-9][a-z0-9-]{0,99}$/;
const ATTEMPT_ID = /^[A-Za-z0-9-]{8,64}$/;

/** Undefined if it is none. */
export function parseBatchId(text: string): BatchId | undefined {
  return BATCH_ID.test(text) ? (text as BatchId) : undefined;
}

/** Undefined if it is none. */
export function parseAttemptId(text: string): AttemptId | undefined {
  return ATTEMPT_ID.test(text) ? (text as AttemptId) : undefined;
}
