import { DEFAULT_MODEL, modelCatalog } from '../../shared/domain/calls/models.ts';
import { providersOf } from '../../shared/domain/configuration/providers.ts';
import { type AttemptId, parseAttemptId } from '../../shared/domain/ids.ts';
import { priceList, priceOn } from '../../shared/domain/money/prices.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import type { Clock, ObjectStore, Queue, Table } from '../../shared/pipeline/ports.ts';
import { FREE_MEMORY } from '../../shared/provider/scan/free-memory.ts';
import type { Provider } from '../../shared/provider/types.ts';
import { MODEL } from '../support/specimens.ts';

interface Parts {
  readonly table: Table;
  readonly store: ObjectStore;
  readonly queue: Queue;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Effects over these parts, with a provider that bills each image at once, at most as much as is held for it. */
export function createRaceEffects({ table, store, queue, clock, random }: Parts) {
  let billedMicro = 0;
  const prices = priceList();
  const price = priceOn(prices, MODEL, '2026-11-21');
  if (price === undefined) throw new Error(`no price of ${MODEL}`);
  const provider: Provider = {
    call: async () => {
      const promptTokens = 6;
      const textTokens = 100 + Math.floor(random() * 600);
      const completionTokens = 1_120 + textTokens;
      billedMicro +=
        promptTokens * price.inputMicro + textTokens * price.textMicro + 1_120 * price.imageMicro;
      // Others continue meanwhile.
      await new Promise((resolve) => setImmediate(resolve));
      const bytes = Buffer.from(`image ${random()}`.padEnd(100));
      const image = { bytes, type: 'image/png', width: 1_024, height: 1_024 } as const;
      const usage = { promptTokens, completionTokens, totalTokens: promptTokens + completionTokens };
      return { kind: 'images', images: [image], text: '', usage, latencyMs: 1 };
    },
    reread: () => Promise.reject(new Error('nothing is kept here')),
  };
  let ids = 0;
  const effects: Effects = {
    table,
    store,
    ingestQueue: queue,
    workQueue: queue,
    provider,
    lendMemory: (use) => use(FREE_MEMORY),
    fetchReference: async () => ({ kind: 'refused', problem: 'no links here' }),
    clock,
    random,
    newAttemptId: () => {
      ids += 1;
      return attemptId(`attempt-${String(ids).padStart(8, '0')}`);
    },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    models: modelCatalog(),
    defaultModel: DEFAULT_MODEL,
    providers: providersOf({}),
    prices,
    referencePrefixes: [],
    unknownOutcomes: 'retry',
    notify: () => undefined,
  };
  return { effects, billedMicro: () => billedMicro };
}

function attemptId(text: string): AttemptId {
  const id = parseAttemptId(text);
  if (id === undefined) throw new Error(`no attempt id: ${text}`);
  return id;
}
