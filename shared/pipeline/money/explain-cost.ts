import type { BatchId } from '../../domain/ids.ts';
import type { AttemptNote, Item } from '../../domain/item/item.ts';
import { type Charge, unknownMaxMicro, wasteMicro } from '../../domain/money/charge.ts';
import { costMicro } from '../../domain/money/money.ts';
import type { Price, PriceList } from '../../domain/money/prices.ts';
import type { Table } from '../ports.ts';
import { chargeKey, rowToCharge } from '../rows/charge-row.ts';
import { rowItemsKey, rowToItem } from '../rows/item-row.ts';
import { ALL_SHARDS } from '../rows/shards.ts';

/** Tokens of one kind, times their price. */
interface PricedTokens {
  readonly kind: 'input' | 'text' | 'image';
  readonly tokens: number;
  /** In µcr a token, which is credits a million tokens; missing if the price is not in the list any more. */
  readonly microPerToken?: number;
  readonly creditsMicro?: number;
}

interface ExplainedCharge {
  readonly charge: Charge;
  readonly price?: Price;
  readonly lines: readonly PricedTokens[];
  readonly wasteMicro: number;
  readonly unknownMaxMicro: number;
}

/** An attempt with its charge; an attempt that has none was not billed. */
interface ExplainedAttempt extends AttemptNote {
  readonly explained?: ExplainedCharge;
}

export interface ExplainedItem {
  readonly item: Item;
  readonly attempts: readonly ExplainedAttempt[];
  /** Booked for earlier attempts, beyond those that are listed. */
  readonly earlierMicro: number;
}

/** The images of a row as programs read them. */
export function explanationOf(batch: BatchId, row: number, items: readonly ExplainedItem[]) {
  const images = items.map(({ item, attempts, earlierMicro }) => ({
    variant: item.variant,
    state: item.state.kind,
    creditsMicro: item.creditsMicro,
    creditsMaxUnknownMicro: item.creditsMaxUnknownMicro,
    earlierMicro,
    attempts,
  }));
  return { batch, row, images };
}

/** How each image of a row came to its cost: attempts in their order, from tokens to credits. Empty if there is no such row. */
export async function explainRow(
  { table, prices }: { readonly table: Pick<Table, 'get' | 'query'>; readonly prices: PriceList },
  batch: BatchId,
  row: number,
): Promise<ExplainedItem[]> {
  const items = await itemsOfRow(table, batch, row);
  return await Promise.all(
    items.map(async (item): Promise<ExplainedItem> => {
      const attempts = await Promise.all(
        (item.attempts ?? []).map(async (note): Promise<ExplainedAttempt> => {
          const charge = await chargeOf(table, note);
          return charge === undefined ? note : { ...note, explained: explained(charge, prices) };
        }),
      );
      const listedMicro = attempts.reduce((sum, each) => sum + (each.explained?.charge.creditsMicro ?? 0), 0);
      return { item, attempts, earlierMicro: item.creditsMicro - listedMicro };
    }),
  );
}

async function itemsOfRow(table: Pick<Table, 'query'>, batch: BatchId, row: number): Promise<Item[]> {
  const items: Item[] = [];
  for (const shard of ALL_SHARDS) {
    for await (const each of table.query(rowItemsKey(batch, row, shard))) items.push(rowToItem(each));
  }
  return items.sort((a, b) => a.variant - b.variant);
}

async function chargeOf(
  table: Pick<Table, 'get'>,
  { attempt, chargedAt }: AttemptNote,
): Promise<Charge | undefined> {
  if (chargedAt === undefined) return undefined;
  const row = await table.get(chargeKey({ attempt, at: chargedAt }));
  return row === undefined ? undefined : rowToCharge(row);
}

function explained(charge: Charge, { prices }: PriceList): ExplainedCharge {
  const { split } = charge;
  const price = prices.find(({ name }) => name === charge.price);
  const line = (
    kind: PricedTokens['kind'],
    tokens: number,
    microPerToken: number | undefined,
  ): PricedTokens =>
    microPerToken === undefined
      ? { kind, tokens }
      : { kind, tokens, microPerToken, creditsMicro: costMicro(tokens, microPerToken) };
  return {
    charge,
    ...(price === undefined ? {} : { price }),
    lines: [
      line('input', split.inputTokens, price?.inputMicro),
      line('text', split.textTokens, price?.textMicro),
      line('image', split.imageTokens, price?.imageMicro),
    ],
    wasteMicro: wasteMicro(charge),
    unknownMaxMicro: unknownMaxMicro(charge, charge.outcome),
  };
}
