import type { Batch } from '../../shared/domain/batch/batch.ts';
import { FAILURE_ADVICE } from '../../shared/domain/item/failure-advice.ts';
import {
  type AttemptNote,
  ITEM_FAILURE_CODES,
  type Item,
  type ItemRef,
  imageOf,
} from '../../shared/domain/item/item.ts';
import { settingCells } from '../../shared/domain/prompt-file/row/settings.ts';
import { readItem } from '../../shared/pipeline/batch/batch-items.ts';
import { readBatch } from '../../shared/pipeline/batch/batches.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import type { Table } from '../../shared/pipeline/ports.ts';
import { chargeKey, rowToCharge } from '../../shared/pipeline/rows/charge-row.ts';
import { markKey, rowToMark } from '../../shared/pipeline/rows/mark-row.ts';
import type { ItemDetail } from '../api/batch.ts';

/** All that is known of one item, its attempts with their charges included; undefined if there is none. */
export async function readItemDetail(
  { table }: Pick<Effects, 'table'>,
  ref: ItemRef,
): Promise<ItemDetail | undefined> {
  const [item, batch, mark] = await Promise.all([
    readItem(table, ref),
    readBatch(table, ref.batch),
    table.get(markKey(ref)),
  ]);
  if (item === undefined || batch === undefined) return undefined;
  const { state, row, variant, prompt, columns, tags, references } = item;
  const image = imageOf(item);
  return {
    batch: ref.batch,
    row,
    variant,
    id: item.id ?? null,
    name: item.fileName,
    state: state.kind,
    prompt,
    template: templateOf(batch),
    columns,
    tags,
    references: [...references],
    settings: shownSettings(item),
    image: image === undefined ? null : { ...image, extras: [...image.extras] },
    mismatch: image?.mismatch ?? null,
    notice: image?.notice ?? null,
    reusedFrom: state.kind === 'reused' ? reusedText(state.madeFor) : null,
    failure: failureOf(item),
    text: state.kind === 'failed' ? (state.text ?? null) : null,
    attempts: await Promise.all((item.attempts ?? []).map((note) => attemptOf(table, note))),
    creditsMicro: item.creditsMicro,
    creditsMaxUnknownMicro: item.creditsMaxUnknownMicro,
    mark: mark === undefined ? null : rowToMark(mark),
  };
}

export function shownSettings({ settings }: Pick<Item, 'settings'>): Record<string, string | number> {
  const cells = Object.entries(settingCells(settings));
  return Object.fromEntries(cells.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

/** What an outcome of an attempt is called. */
function outcomeTitle(outcome: string): string {
  if (outcome === 'image') return 'Image';
  if (outcome === 'duplicate') return 'Duplicate image';
  if (outcome === 'unknown') return 'No response received';
  const code = ITEM_FAILURE_CODES.find((each) => each === outcome);
  return code === undefined ? outcome : FAILURE_ADVICE[code].title;
}

function templateOf({ options }: Batch): string | null {
  return options.template ?? null;
}

function reusedText({ batch, row, variant }: ItemRef): string {
  return `${batch} ${row}/${variant}`;
}

function failureOf({ state }: Item): ItemDetail['failure'] {
  if (state.kind !== 'failed') return null;
  const { code, message } = state;
  const { title, advice, actions } = FAILURE_ADVICE[code];
  return { code, title, message, advice, actions: [...actions] };
}

async function attemptOf(
  table: Pick<Table, 'get'>,
  { attempt, at, outcome, workMs, chargedAt }: AttemptNote,
): Promise<ItemDetail['attempts'][number]> {
  const row = chargedAt === undefined ? undefined : await table.get(chargeKey({ at: chargedAt, attempt }));
  const charge = row === undefined ? undefined : rowToCharge(row);
  return {
    at,
    outcome,
    title: outcomeTitle(charge?.outcome ?? outcome),
    seconds: Math.round(workMs / 100) / 10,
    charge:
      charge === undefined
        ? null
        : {
            inputTokens: charge.split.inputTokens,
            textTokens: charge.split.textTokens,
            imageTokens: charge.split.imageTokens,
            basis: charge.split.basis,
            price: charge.price,
            creditsMicro: charge.creditsMicro,
            creditsMaxMicro: charge.creditsMaxMicro,
            outcome: charge.outcome,
          },
  };
}
