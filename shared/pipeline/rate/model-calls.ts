import { isOpen } from '../../domain/calls/breaker.ts';
import { findModel, type ModelLimits } from '../../domain/calls/models.ts';
import type { ProviderState } from '../../domain/calls/provider-state.ts';
import type { Effects } from '../effects.ts';
import { createFleetState, type FleetState } from './fleet-state.ts';
import { createLeaseRhythm, type LeaseRhythm } from './lease-rhythm.ts';
import { createRequeueDelay, type RequeueDelay } from './requeue-delay.ts';
import { createStartRamp, type StartRamp } from './start-ramp.ts';

/** What an ended call says of the provider. `other`: neither good nor bad. */
export interface CallEnd {
  readonly kind: 'succeeded' | 'refused' | 'failed' | 'other';
  readonly sentAtMs: number;
  readonly retryAfterMs?: number;
  /** What it brought, if it may have been paid for. */
  readonly brought?:
    | { readonly kind: 'image' }
    | { readonly kind: 'nothing'; readonly item: string; readonly arrived: boolean };
}

/** One worker's calls of a model, leased start times, and view of the fleet. */
export interface ModelCalls {
  readonly fleet: FleetState;
  readonly limits: ModelLimits;
  readonly ramp: StartRamp;
  /** Its name among workers that share a concurrency. */
  readonly worker: string;
  /** Unused start times, soonest first. */
  slots: number[];
  leasedAtMs: number;
  readonly rhythm: LeaseRhythm;
  readonly requeueDelay: RequeueDelay;
  waiting: number;
  /** Since the last lease, a message went back to the queue for lack of a start time. */
  turnsAway: boolean;
  inFlight: number;
  succeededMs: number;
  /** Gives back start times from before the last cut, and drops unused ones. */
  dropOldSlots(): void;
  needsShare(nowMs: number): boolean;
  lacksShare(): boolean;
  ended(end: CallEnd): Promise<void>;
  /** A permitted call is not made; a trial is free again. */
  notCalled(): Promise<void>;
}

const UNUSED_MS = 5_000;
const MOST_TRIES = 4;
const RECORD_TOLD_EVERY_MS = 30_000;

export function createModelCalls(
  effects: Pick<Effects, 'table' | 'clock' | 'random' | 'models' | 'newAttemptId' | 'log'>,
  model: string,
  startCalls: number,
  leaseMs: number,
): ModelCalls {
  const { clock } = effects;
  const limits: ModelLimits = findModel(effects.models, model) ?? {};
  const fleet = createFleetState(effects, model, limits);

  let limitedSinceMs = Number.POSITIVE_INFINITY;

  function ownShare(): { readonly calls: number; readonly untilMs: number } {
    return fleet.view().shares[calls.worker] ?? { calls: 0, untilMs: 0 };
  }

  function dropOldSlots(): void {
    const nowMs = clock.now();
    const isLimited = fleet.view().limiter.rate !== undefined;
    limitedSinceMs = isLimited ? Math.min(limitedSinceMs, nowMs) : Number.POSITIVE_INFINITY;
    const isOld = fleet.view().limiter.cutAtMs > calls.leasedAtMs;
    const kept = isOld ? [] : calls.slots.filter((slotMs) => slotMs > nowMs - UNUSED_MS);
    for (const atMs of calls.slots) if (!kept.includes(atMs)) fleet.tell({ kind: 'taken', atMs, calls: -1 });
    calls.slots = kept;
  }

  async function ended(end: CallEnd): Promise<void> {
    const before = fleet.view();
    noteBrought(fleet, end, clock.now());
    if (noteEnd(calls, end, { atMs: clock.now(), unlimited: end.sentAtMs < limitedSinceMs })) {
      dropOldSlots();
      // The first refused worker leases first; the others take turns, so that not all write at once.
      const isFirst = await publish(fleet, end.sentAtMs);
      if (isFirst) calls.rhythm.notLaterThan(Math.max(clock.now(), fleet.view().limiter.notBeforeMs));
    }
    if (isRecordDue(fleet, end, before, clock.now())) await publishRecord(fleet);
    logChange(effects, model, before, fleet.view());
  }

  async function notCalled(): Promise<void> {
    if (fleet.view().record.trial === undefined) return;
    fleet.tell({ kind: 'free', sentAtMs: clock.now() });
    await publishRecord(fleet);
  }

  const calls: ModelCalls = {
    fleet,
    limits,
    ramp: createStartRamp(startCalls, effects),
    worker: limits.concurrency === undefined ? '' : effects.newAttemptId(),
    slots: [],
    leasedAtMs: 0,
    rhythm: createLeaseRhythm(effects, leaseMs),
    requeueDelay: createRequeueDelay(effects),
    waiting: 0,
    turnsAway: false,
    inFlight: 0,
    succeededMs: 0,
    dropOldSlots,
    needsShare: (nowMs) =>
      limits.concurrency !== undefined &&
      (calls.inFlight >= ownShare().calls || ownShare().untilMs - nowMs < SHARE_RENEWED_MS),
    lacksShare: () => calls.inFlight >= ownShare().calls,
    ended,
    notCalled,
  };
  return calls;
}

/** Notes a call's end; false if it is no news to other workers. */
function noteEnd(
  calls: Pick<ModelCalls, 'fleet' | 'ramp' | 'succeededMs'>,
  { kind, sentAtMs, retryAfterMs }: CallEnd,
  { atMs, unlimited }: { readonly atMs: number; readonly unlimited: boolean },
): boolean {
  const { fleet, ramp } = calls;
  const { breaker, limiter } = fleet.view();
  const facts = { sentAtMs, atMs, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  switch (kind) {
    case 'other':
      ramp.answered();
      if (!isOpen(breaker)) return false;
      // A failure leaves the breaker open, and says that a probe may take as long.
      fleet.tell({ kind: 'failed', ...facts });
      return true;
    case 'succeeded':
      ramp.answered();
      calls.succeededMs = Math.max(calls.succeededMs, sentAtMs);
      if (breaker.failures === 0 && sentAtMs <= (limiter.wait?.sinceMs ?? sentAtMs)) return false;
      fleet.tell({ kind, sentAtMs, atMs });
      return true;
    case 'refused':
      fleet.tell({ kind, ...facts, unlimited });
      return true;
    case 'failed':
      fleet.tell({ kind: 'overloaded', ...facts });
      fleet.tell({ kind, ...facts });
      return true;
  }
}

/** Notes what a paid call brought, or that the trial was free. */
function noteBrought(fleet: FleetState, { brought, sentAtMs }: CallEnd, atMs: number): void {
  if (brought === undefined) {
    if (fleet.view().record.trial !== undefined) fleet.tell({ kind: 'free', sentAtMs });
  } else if (brought.kind === 'image') {
    fleet.tell({ kind: 'image', sentAtMs });
  } else {
    const { item, arrived } = brought;
    fleet.tell({ kind: 'useless', item, arrived, sentAtMs, atMs });
  }
}

/** A streak and a trial are written at once; images now and then. */
function isRecordDue(
  fleet: FleetState,
  { brought }: CallEnd,
  { record, limiter }: ProviderState,
  nowMs: number,
): boolean {
  if (record.trial !== undefined || brought?.kind === 'nothing') return true;
  if (brought === undefined) return false;
  if (record.images === 0 || record.streak > 0) return true;
  // With a limit, each lease writes them along.
  return limiter.rate === undefined && nowMs - fleet.writtenMs() >= RECORD_TOLD_EVERY_MS;
}

/** At once, so that no worker sends what the provider refused, unless the others know. */
async function publish(fleet: FleetState, sentAtMs: number): Promise<boolean> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    await fleet.refresh(-1);
    if (fleet.isKnown(sentAtMs)) return false;
    if (await fleet.change((state) => state)) return true;
  }
  return false;
}

async function publishRecord(fleet: FleetState): Promise<void> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    if (await fleet.change((state) => ({ ...state }))) return;
  }
}

function logChange(
  { log }: Pick<Effects, 'log'>,
  model: string,
  before: ProviderState,
  after: ProviderState,
): void {
  const [was, is] = [isOpen(before.breaker), isOpen(after.breaker)];
  if (was !== is) log.warn(is ? 'breaker opened' : 'breaker closed', { model });
  const rate = after.limiter.rate;
  if (rate !== before.limiter.rate) log.info('rate changed', { model, perMinute: rate && Math.round(rate) });
}

/** A share is renewed when it ends within this. */
const SHARE_RENEWED_MS = 165_000;
