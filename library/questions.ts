import { type Downloaded, downloadImages, uniqueNames } from '../cli/files/download.ts';
import { openFolder } from '../cli/files/folder-writer.ts';
import { parseNamePattern } from '../cli/files/name-pattern.ts';
import { pickedItems } from '../cli/files/picked-items.ts';
import { chosenBatch } from '../cli/stage/chosen-batch.ts';
import { openStage } from '../cli/stage/open-stage.ts';
import { stageFolder } from '../cli/stage/stages.ts';
import { withLedger } from '../cli/stage/with-ledger.ts';
import { withStage } from '../cli/stage/with-stage.ts';
import { UsageError } from '../cli/usage-error.ts';
import type { Item } from '../shared/domain/item/item.ts';
import { type CostDimension, parseDimension } from '../shared/domain/money/cost-report.ts';
import { type CostStatement, costStatement } from '../shared/domain/money/cost-statement.ts';
import { timeZone } from '../shared/domain/time/time-zone.ts';
import { itemsOf } from '../shared/pipeline/batch/batch-items.ts';
import { firstBatchDay } from '../shared/pipeline/batch/batches.ts';
import { queryCost } from '../shared/pipeline/money/cost.ts';
import type { Config } from '../shared/runtime/config.ts';
import { type RunResult, readRunResult } from './run-result.ts';

/** Days of the zone, inclusive. */
export interface CostQuestion {
  /** `2026-11-01`. Default: the first day. */
  readonly from?: string;
  /** Default: today. */
  readonly to?: string;
  /** `['day', 'model', 'tag:campaign']`. Default `['model']`. */
  readonly by?: readonly string[];
  /** `Europe/Berlin`. Default `UTC`. */
  readonly timeZone?: string;
}

export interface DownloadSettings {
  /** Only picked images. */
  readonly picked?: boolean;
  /** Names and folders: `{tag:campaign}/{row}-{name}`. Default `{name}`. */
  readonly name?: string;
  readonly onImage?: (soFar: Downloaded) => void;
}

export async function readStatus(config: Config, batch: string | undefined): Promise<RunResult> {
  return await withStage(config, 'look', {}, async ({ runtime: { effects } }) => {
    const id = await chosenBatch(effects, batch);
    const result = await readRunResult(effects, id);
    if (result === undefined) throw new UsageError(`${id}: its file is not read yet`);
    return result;
  });
}

/** A batch's items in order, streamed. */
export async function* readItems(config: Config, batch: string | undefined): AsyncIterable<Item> {
  const open = await openStage(config, 'look');
  try {
    const { effects } = open.runtime;
    yield* itemsOf(effects.table, await chosenBatch(effects, batch));
  } finally {
    await open.close();
  }
}

export async function readCosts(config: Config, question: CostQuestion): Promise<CostStatement> {
  const { by = ['model'], timeZone: name = 'UTC' } = question;
  const zone = timeZone(name);
  if (zone === undefined) throw new UsageError(`timeZone: there is no "${name}"`);
  const dimensions = by.map(dimensionOf);
  return await withLedger(config, async (ledger) => {
    const today = zone.dayOf(new Date(ledger.clock.now()).toISOString());
    const { to = today, from = (await firstBatchDay(ledger.table)) ?? to } = question;
    const report = await queryCost(ledger, { from, to, by: dimensions, zone });
    return costStatement(report);
  });
}

export async function downloadBatch(
  config: Config,
  batch: string,
  folder: string,
  { picked = false, name = '{name}', onImage = () => undefined }: DownloadSettings,
): Promise<Downloaded> {
  const nameOf = parseNamePattern(name);
  return await withStage(config, 'look', {}, async ({ runtime: { effects } }) => {
    const id = await chosenBatch(effects, batch);
    const items = picked ? pickedItems(effects, id) : itemsOf(effects.table, id);
    const target = await openFolder(folder, { stage: stageFolder(config), say: () => undefined });
    const how = { names: uniqueNames(nameOf), textFiles: false, onImage };
    return await downloadImages(effects, items, target, how);
  });
}

function dimensionOf(text: string): CostDimension {
  const dimension = parseDimension(text);
  if (dimension === undefined) throw new UsageError(`by: costs can't be grouped by "${text}"`);
  return dimension;
}
