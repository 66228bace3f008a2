import * as z from 'zod/mini';
import type { Failure } from '../../domain/calls/failure.ts';
import { type AttemptId, type BatchId, parseAttemptId } from '../../domain/ids.ts';
import type { Item } from '../../domain/item/item.ts';
import { quarantineKey, quarantinePrefix } from '../../domain/item/object-keys.ts';
import type { KeptAnswer } from '../../provider/types.ts';
import type { Effects } from '../effects.ts';
import { type Attempt, attemptOf, chargeOfAnswer } from '../money/attempt.ts';
import type { Terms } from '../money/call-terms.ts';
import type { ObjectStore } from '../ports.ts';
import { count } from '../rows/fields.ts';
import { fromMetadata, toMetadata } from './object-metadata.ts';

/** Stored beside a quarantined response: whose it is, and what was wrong. */
const answerFacts = z.object({
  row: count,
  variant: count,
  startedAtMs: count,
  /** The request was sent without the dialect's extras. */
  plain: z.boolean(),
  status: count,
  code: z.string(),
  message: z.string(),
});

/** A quarantined response; `facts` are missing from earlier versions and other writers. */
export interface QuarantinedAnswer {
  readonly key: string;
  readonly attempt: AttemptId | undefined;
  readonly facts: z.output<typeof answerFacts> | undefined;
  bytes(): Promise<Uint8Array>;
}

const METADATA = 'pressrun-answer';
/** S3 takes 2 KB of metadata; a letter may take 3 bytes, and base64 adds a third. */
const MOST_MESSAGE_LETTERS = 200;

/** Saves a possibly billed response without a usable image. Logs write errors and returns false. */
export async function keepAnswer(
  effects: Pick<Effects, 'store' | 'log'>,
  { id, item, startedAtMs }: Attempt,
  answer: KeptAnswer,
  { code, message }: Failure,
): Promise<boolean> {
  const { row, variant, history } = item;
  const { status } = answer;
  const plain = history.plainRequest;
  const said = message.slice(0, MOST_MESSAGE_LETTERS);
  const facts = toMetadata({ row, variant, startedAtMs, plain, status, code, message: said });
  try {
    await effects.store.put(quarantineKey(item.batch, id), answer.bytes, {
      contentType: 'application/octet-stream',
      metadata: { [METADATA]: facts },
    });
    return true;
  } catch (error) {
    effects.log.error('an answer could not be kept in quarantine', error, { attempt: id });
    return false;
  }
}

/** A batch's quarantined responses, by attempt. */
export async function* quarantinedAnswers(
  store: ObjectStore,
  batch: BatchId,
): AsyncIterable<QuarantinedAnswer> {
  const prefix = quarantinePrefix(batch);
  for await (const { key } of store.list(prefix)) {
    const attempt = parseAttemptId(key.slice(prefix.length));
    const info = await store.head(key);
    yield { key, attempt, facts: factsOf(info), bytes: () => readWhole(store, key) };
  }
}

/** A response whose item and attempt are known. */
export interface KnownAnswer extends QuarantinedAnswer {
  readonly attempt: AttemptId;
  readonly facts: z.output<typeof answerFacts>;
}

export async function keptAnswer(
  store: ObjectStore,
  batch: BatchId,
  attempt: AttemptId,
): Promise<KnownAnswer | undefined> {
  const key = quarantineKey(batch, attempt);
  const facts = factsOf(await store.head(key));
  return facts === undefined ? undefined : { key, attempt, facts, bytes: () => readWhole(store, key) };
}

/**
 * What a quarantined response comes to now, for free: images with their charge, or what is still wrong. Throws
 * `ConfigurationError` if the model or its price is gone.
 */
export async function rereadAnswer(
  effects: Pick<Effects, 'provider' | Terms>,
  item: Item,
  { attempt: id, facts, bytes }: KnownAnswer,
) {
  const { plain, startedAtMs, status } = facts;
  const sent = { ...item, history: { ...item.history, plainRequest: plain } };
  const attempt = attemptOf(effects, sent, { attempt: id, startedAtMs });
  const request = { profile: attempt.profile, settings: item.settings };
  const outcome = await effects.provider.reread({ status, bytes: await bytes() }, request);
  if (outcome.kind === 'failure') return outcome;
  return { ...outcome, charge: chargeOfAnswer(attempt, 'image', outcome) };
}

function factsOf(info: Awaited<ReturnType<ObjectStore['head']>>) {
  const parsed = answerFacts.safeParse(fromMetadata(info?.metadata[METADATA]));
  return parsed.success ? parsed.data : undefined;
}

async function readWhole(store: ObjectStore, key: string): Promise<Uint8Array> {
  const object = await store.get(key);
  if (object === undefined) throw new Error(`${key} was deleted while it was read`);
  const chunks: Uint8Array[] = [];
  for await (const chunk of object.body) chunks.push(chunk);
  return Buffer.concat(chunks);
}
