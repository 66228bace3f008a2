import { join } from 'node:path';
import { type Simulator, startSimulator } from '../../local/simulator/server.ts';
import { systemClock } from '../../shared/aws/system-clock.ts';
import type { Batch } from '../../shared/domain/batch/batch.ts';
import { dayOfMs } from '../../shared/domain/time/calendar.ts';
import { newestBatches, readBatch } from '../../shared/pipeline/batch/batches.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { readProgress } from '../../shared/pipeline/rows/progress-row.ts';
import { openWorkplace, type Workplace } from '../cli/workplace.ts';
import { collect } from '../support/collect.ts';
import { type Accounts, accountsOf } from './accounts.ts';
import { recordCalls, type SeenCall } from './calls.ts';
import { runtimeOf } from './kill-stage.ts';

/** A user's folder with a home, and a provider; looked into from outside the commands. */
export interface Home {
  readonly work: Workplace;
  readonly effects: Effects;
  readonly calls: readonly SeenCall[];
  batches(): Promise<readonly Batch[]>;
  /** Changes with all that a worker brings about: calls, rows that are read, items that end, batches. */
  progress(): Promise<string>;
  accounts(): Promise<Accounts>;
  close(): Promise<void>;
}

/** Few at a time, so that a batch outlives several workers. */
const ITEMS_AT_ONCE = 6;
const LATENCY = { medianMs: 120, p95Ms: 300 };

export async function openHome(seed: number): Promise<Home> {
  const { calls, script } = recordCalls();
  const simulator: Simulator = await startSimulator({ seed, script, latency: LATENCY, pictures: 'plain' });
  const work = await openWorkplace({
    PRESSRUN_PROVIDER_URL: simulator.url,
    CORE_TODAY_API_KEY: 'cdt_kills',
    PRESSRUN_ITEMS_AT_ONCE: String(ITEMS_AT_ONCE),
  });
  const folder = work.path('.pressrun');
  const clock = systemClock();
  const { effects, close } = await runtimeOf({ folder, providerUrl: simulator.url }, clock);
  const from = dayOfMs(clock.now());
  const batches = async () => {
    const ids = await collect(newestBatches(effects.table));
    const found = await Promise.all(ids.map((id) => readBatch(effects.table, id)));
    return found.filter((batch) => batch !== undefined);
  };
  return {
    work,
    effects,
    calls,
    batches,
    progress: async () => {
      const all = await batches();
      const ended = await Promise.all(all.map(({ id }) => readProgress(effects.table, id)));
      return JSON.stringify([calls.length, all.map(({ state, items }) => [state, items]), ended]);
    },
    accounts: () =>
      accountsOf({
        effects,
        simulator,
        calls,
        objects: join(folder, 'local', 'objects'),
        window: { from, to: dayOfMs(clock.now()) },
      }),
    close: async () => {
      await close();
      await simulator.close();
      await work.close();
    },
  };
}
