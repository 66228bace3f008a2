import { DEFAULT_PROVIDER, findModel } from '../../domain/calls/models.ts';
import type { Effects } from '../effects.ts';
import {
  ALL_MODELS,
  allModelsOf,
  PERSON_PAUSE_KEY,
  type ProviderPause,
  pauseKey,
  pauseToRow,
  rowToPause,
} from '../rows/provider-pause-row.ts';

/** All pauses that hold for these models now, the provider's own first. One that has its end is over by then. */
export async function readPauses(
  effects: Pick<Effects, 'table' | 'clock' | 'models'>,
  models: Iterable<string>,
): Promise<ProviderPause[]> {
  const keys = [PERSON_PAUSE_KEY, ...withProviders(effects, models).map(pauseKey)];
  const rows = await Promise.all(keys.map((key) => effects.table.get(key)));
  const pauses = rows.flatMap((row) => (row === undefined ? [] : [rowToPause(row)]));
  const nowMs = effects.clock.now();
  return pauses.filter(({ untilMs }) => untilMs === undefined || untilMs > nowMs);
}

/** Pauses all calls at a person's word; `false` where they are paused so already. */
export async function pauseAll(
  { table }: Pick<Effects, 'table'>,
  pause: Omit<ProviderPause, 'model' | 'code'>,
): Promise<boolean> {
  const row = pauseToRow({ ...pause, model: ALL_MODELS, code: 'person' });
  const result = await table.write([{ kind: 'put', row, onlyIf: { kind: 'absent' } }]);
  return result.kind === 'written';
}

/** Ends what `pauseAll` began; `false` where there is no such pause. */
export async function endPauseAll({ table }: Pick<Effects, 'table'>): Promise<boolean> {
  const result = await table.write([{ kind: 'delete', key: PERSON_PAUSE_KEY, onlyIf: { kind: 'present' } }]);
  return result.kind === 'written';
}

/** Ends the pauses that failures brought about, of these models: a person says that the trouble is mended. */
export async function endPauses(
  effects: Pick<Effects, 'table' | 'models'>,
  models: Iterable<string>,
): Promise<void> {
  for (const model of withProviders(effects, models)) {
    await effects.table.write([{ kind: 'delete', key: pauseKey(model) }]);
  }
}

/** The models, after what stands for all models of their providers; of the built-in provider where no model is named. */
function withProviders({ models }: Pick<Effects, 'models'>, names: Iterable<string>): string[] {
  const all = [...names];
  const providers = all.map((name) => findModel(models, name)?.provider ?? DEFAULT_PROVIDER);
  return [...new Set([...(all.length === 0 ? [DEFAULT_PROVIDER] : providers).map(allModelsOf), ...all])];
}
