import type { Effects } from '../effects.ts';
import { isStillVersion, rowToState, stateKey, stateToRow } from '../rows/provider-state-row.ts';

/** For the stage's only worker, before it starts: trials and shares of dead workers need no waiting for. */
export async function forgetDeadCalls(
  { table }: Pick<Effects, 'table'>,
  models: Iterable<string>,
): Promise<void> {
  for (const model of models) {
    const row = await table.get(stateKey(model));
    if (row === undefined) continue;
    const { version, state } = rowToState(row);
    const { trial, ...record } = state.record;
    if (trial === undefined && Object.keys(state.shares).length === 0) continue;
    const next = { version: version + 1, state: { ...state, record, shares: {} } };
    await table.write([{ kind: 'put', row: stateToRow(model, next), onlyIf: isStillVersion(version) }]);
  }
}
