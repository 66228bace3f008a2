import { modelCatalog } from '../../shared/domain/calls/models.ts';
import { NO_RECORD } from '../../shared/domain/calls/paid-record.ts';
import { UNKNOWN_STATE } from '../../shared/domain/calls/provider-state.ts';
import type { Table, TableRow } from '../../shared/pipeline/ports.ts';
import { stateToRow } from '../../shared/pipeline/rows/provider-state-row.ts';

const IMAGES = 1_000;

/** What a stage knows of a model that has brought so many images: its calls begin together, not one by one. */
export function provenRow(model: string): TableRow {
  const state = { ...UNKNOWN_STATE, record: { ...NO_RECORD, images: IMAGES } };
  return stateToRow(model, { version: 1, state });
}

/** Makes a table one of a stage whose built-in models have brought images before. */
export async function proveModels(table: Pick<Table, 'write'>): Promise<void> {
  await table.write([...modelCatalog().keys()].map((model) => ({ kind: 'put', row: provenRow(model) })));
}
