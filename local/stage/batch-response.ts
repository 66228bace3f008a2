import * as z from 'zod/mini';

type BatchOutcome =
  | { readonly kind: 'read'; readonly messageIds: ReadonlySet<string> }
  /** Lambda fails the whole batch. */
  | { readonly kind: 'malformed'; readonly why: string };

const responseSchema = z.object({
  batchItemFailures: z.nullish(z.array(z.object({ itemIdentifier: z.string().check(z.minLength(1)) }))),
});

/** Reads a partial batch response by Lambda's rules: nothing or an empty list is success; a wrong identifier fails the batch. */
export function failedMessages(response: unknown, messageIds: readonly string[]): BatchOutcome {
  if (response === undefined || response === null) return { kind: 'read', messageIds: new Set() };
  const parsed = responseSchema.safeParse(response);
  if (!parsed.success) return { kind: 'malformed', why: 'batchItemFailures is not a list of itemIdentifier' };
  const failed = (parsed.data.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier);
  const known = new Set(messageIds);
  if (!failed.every((id) => known.has(id))) {
    return { kind: 'malformed', why: 'an itemIdentifier is not of this batch' };
  }
  return { kind: 'read', messageIds: new Set(failed) };
}
