import { DEFAULT_PROVIDER, findModel } from '../../domain/calls/models.ts';
import type { Effects } from '../effects.ts';
import type { Reading, TableRow } from '../ports.ts';
import {
  ALL_MODELS,
  allModelsOf,
  PERSON_PAUSE_KEY,
  type ProviderPause,
  pauseKey,
  pausesQuery,
  pauseToRow,
  rowToPause,
} from '../rows/provider-pause-row.ts';

/** All current pauses of these models, the provider's own first. */
export async function readPauses(
  effects: Pick<Effects, 'table' | 'clock' | 'models'>,
  models: Iterable<string>,
): Promise<ProviderPause[]> {
  return (await readAllPauses(effects, models)).filter(({ isGuests }) => !isGuests);
}

/** For a worker with this access: `own` pauses it; `others` belong to another key or address. */
export async function readPausesFor(
  effects: Pick<Effects, 'table' | 'clock' | 'models'>,
  model: string,
  access: string | undefined,
  reading: Reading = {},
): Promise<{ readonly own: readonly ProviderPause[]; readonly others: readonly ProviderPause[] }> {
  const { own = [], others = [] } = Object.groupBy(await readAllPauses(effects, [model], reading), (pause) =>
    pause.access === undefined || pause.access === access ? 'own' : 'others',
  );
  return { own, others };
}

/** Ends pauses that a call has shown to be over. */
export async function endOldPauses(
  { table }: Pick<Effects, 'table'>,
  pauses: readonly ProviderPause[],
): Promise<void> {
  for (const { model, access, since } of pauses) {
    const onlyIf = { kind: 'equals', field: 'since', value: since } as const;
    await table.write([{ kind: 'delete', key: pauseKey(model, access), onlyIf }]);
  }
}

async function readAllPauses(
  effects: Pick<Effects, 'table' | 'clock' | 'models'>,
  models: Iterable<string>,
  reading: Reading = {},
): Promise<ProviderPause[]> {
  const all = new Set([ALL_MODELS, ...withProviders(effects, models)]);
  const rows = await Promise.all([...all].map((model) => pauseRows(effects, model, reading)));
  const isAsked = (pause: ProviderPause) => pause.code === 'person' || all.has(pause.model);
  const nowMs = effects.clock.now();
  return rows
    .flat()
    .map(rowToPause)
    .filter((pause) => isAsked(pause) && (pause.untilMs === undefined || pause.untilMs > nowMs))
    .sort((a, b) => Number(b.code === 'person') - Number(a.code === 'person'));
}

async function pauseRows(
  { table }: Pick<Effects, 'table'>,
  model: string,
  reading: Reading,
): Promise<TableRow[]> {
  const rows: TableRow[] = [];
  for await (const row of table.query({ ...pausesQuery(model), ...reading })) rows.push(row);
  return rows;
}

/** Pauses all calls; `false` if they are paused. */
export async function pauseAll(
  { table }: Pick<Effects, 'table'>,
  pause: Omit<ProviderPause, 'model' | 'code'>,
): Promise<boolean> {
  const row = pauseToRow({ ...pause, model: ALL_MODELS, code: 'person' });
  const result = await table.write([{ kind: 'put', row, onlyIf: { kind: 'absent' } }]);
  return result.kind === 'written';
}

/** Ends `pauseAll`; `false` if there is no such pause. */
export async function endPauseAll({ table }: Pick<Effects, 'table'>): Promise<boolean> {
  const result = await table.write([{ kind: 'delete', key: PERSON_PAUSE_KEY, onlyIf: { kind: 'present' } }]);
  return result.kind === 'written';
}

/** Ends pauses by failures of these models, because you fixed the cause. */
export async function endPauses(
  effects: Pick<Effects, 'table' | 'models'>,
  models: Iterable<string>,
): Promise<void> {
  for (const model of withProviders(effects, models)) {
    for (const { pk, sk } of await pauseRows(effects, model, {})) {
      if (sk !== PERSON_PAUSE_KEY.sk) await effects.table.write([{ kind: 'delete', key: { pk, sk } }]);
    }
  }
}

/** The models with the wildcards of their providers; by default the built-in one. */
function withProviders({ models }: Pick<Effects, 'models'>, names: Iterable<string>): string[] {
  const all = [...names];
  const providers = all.map((name) => findModel(models, name)?.provider ?? DEFAULT_PROVIDER);
  return [...new Set([...(all.length === 0 ? [DEFAULT_PROVIDER] : providers).map(allModelsOf), ...all])];
}
