import { randomUUID } from 'node:crypto';
import { type ModelLimits, modelCatalog, withLimits } from '../../shared/domain/calls/models.ts';
import type { ProviderState } from '../../shared/domain/calls/provider-state.ts';
import type { AttemptId } from '../../shared/domain/ids.ts';
import type { Table, TableRow } from '../../shared/pipeline/ports.ts';
import { createRateLimiter, type RateLimiterOptions } from '../../shared/pipeline/rate/rate-limiter.ts';
import { rowToState, stateKey } from '../../shared/pipeline/rows/provider-state-row.ts';
import { provenRow } from './proven.ts';
import { type VirtualClock, virtualClock } from './virtual-clock.ts';

export const MODEL = 'gemini-3.1-flash-image-preview';

/** What a virtual provider answers, and after how long. */
interface VirtualAnswer {
  readonly kind: 'succeeded' | 'refused' | 'failed';
  readonly latencyMs: number;
  readonly retryAfterMs?: number;
}

export interface SeenCall {
  readonly sentAtMs: number;
  readonly endedAtMs: number;
  readonly kind: VirtualAnswer['kind'];
  readonly retryAfterMs?: number;
}

interface FleetOptions {
  readonly workers: number;
  readonly slots: number;
  readonly pacing: RateLimiterOptions;
  readonly seed: number;
  readonly limits?: ModelLimits;
  /** The model has brought no image yet. */
  readonly fresh?: true;
  readonly answer: (nowMs: number, random: () => number) => VirtualAnswer;
}

/** Workers with more work than they can do, over one table that is a map, in virtual time. */
export interface VirtualFleet {
  readonly clock: VirtualClock;
  readonly startMs: number;
  readonly calls: readonly SeenCall[];
  /** When the shared row was written, or was tried to be. */
  readonly writesMs: readonly number[];
  mostInFlight(): number;
  state(): Promise<ProviderState | undefined>;
  stop(): void;
}

export function startFleet(options: FleetOptions): VirtualFleet {
  const clock = virtualClock();
  const startMs = clock.now();
  const random = seeded(options.seed);
  const writesMs: number[] = [];
  const known = options.fresh ? [] : [provenRow(MODEL)];
  const table = mapTable(known, () => writesMs.push(clock.now()));
  const calls: SeenCall[] = [];
  const stopped = new AbortController();
  const models = withLimits(modelCatalog(), { [MODEL]: options.limits ?? {} });
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const effects = { table, clock, random, models, log, notify: () => undefined, newAttemptId };
  let inFlight = 0;
  let mostInFlight = 0;

  async function slot(rateLimiter: ReturnType<typeof createRateLimiter>): Promise<void> {
    while (!stopped.signal.aborted) {
      const permit = await rateLimiter.permit(MODEL);
      if (permit.kind === 'wait') {
        await clock.sleep(permit.waitMs);
        continue;
      }
      const sentAtMs = clock.now();
      const { latencyMs, ...answer } = options.answer(sentAtMs, random);
      mostInFlight = Math.max(mostInFlight, ++inFlight);
      await clock.sleep(latencyMs);
      inFlight -= 1;
      calls.push({ ...answer, sentAtMs, endedAtMs: clock.now() });
      const brought = answer.kind === 'succeeded' ? { brought: { kind: 'image' } as const } : {};
      await rateLimiter.ended(MODEL, { ...answer, ...brought, sentAtMs });
      await rateLimiter.left(MODEL, true);
    }
  }

  for (let worker = 0; worker < options.workers; worker++) {
    const rateLimiter = createRateLimiter(effects, options.pacing);
    for (let nth = 0; nth < options.slots; nth++) void slot(rateLimiter);
  }
  return {
    clock,
    startMs,
    calls,
    writesMs,
    mostInFlight: () => mostInFlight,
    state: async () => {
      const row = await table.get(stateKey(MODEL));
      return row && rowToState(row).state;
    },
    stop: () => stopped.abort(),
  };
}

/** Gets and conditional puts of rows with a version, which is all that the rateLimiter asks for. */
function mapTable(known: readonly TableRow[], onWrite: () => void): Table {
  const rows = new Map(known.map((row) => [`${row.pk} ${row.sk}`, row]));
  return {
    get: async ({ pk, sk }) => rows.get(`${pk} ${sk}`),
    query: () => {
      throw new Error('the rateLimiter reads one row');
    },
    write: async ([write]) => {
      if (write?.kind !== 'put') throw new Error('the rateLimiter puts one row');
      onWrite();
      const { pk, sk } = write.row;
      const stored = rows.get(`${pk} ${sk}`);
      const { onlyIf } = write;
      const holds =
        onlyIf?.kind === 'absent'
          ? stored === undefined
          : onlyIf?.kind === 'equals' && stored?.version === onlyIf.value;
      if (!holds) return { kind: 'refused', indexes: [0] };
      rows.set(`${pk} ${sk}`, JSON.parse(JSON.stringify(write.row)));
      return { kind: 'written' };
    },
  };
}

function newAttemptId(): AttemptId {
  return randomUUID() as AttemptId;
}

/** Numbers in [0, 1), the same for the same seed. */
export function seeded(seed: number): () => number {
  let state = (seed * 2_654_435_761) >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
