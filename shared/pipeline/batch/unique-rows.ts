import type { BatchId } from '../../domain/ids.ts';
import { nameKey } from '../../domain/item/file-name.ts';
import type { ItemSpec } from '../../domain/item/item.ts';
import type { Table, TableWrite } from '../ports.ts';
import type { RejectedLine } from '../rows/rejected-row.ts';
import { claimUnique } from '../rows/unique-row.ts';
import { repeatedId } from './refusals.ts';

/** A row that can be made, before it is known that its `id` and its file name are its own. */
export interface ResolvedRow {
  readonly row: number;
  readonly line: number;
  readonly items: Iterable<ItemSpec>;
}

/**
 * Sees to it that each `id` and each file name stands once in a batch, in order of rows: a repeated `id` is a rejected
 * line, a repeated name gets the row's number. What is taken is taken in the table, so a file of any size holds in it.
 */
export async function resolveUnique<Row extends ResolvedRow>(
  table: Pick<Table, 'write'>,
  batch: BatchId,
  rows: readonly (Row | RejectedLine)[],
): Promise<(Row | RejectedLine)[]> {
  let candidates = [...rows];
  for (;;) {
    const claims = claimsOf(batch, candidates);
    const lost = claims.repeated ?? (await firstRefused(table, claims.claims));
    if (lost === undefined) return candidates;
    candidates = candidates.map((row) => (row === lost.owner ? loser(lost) : row));
  }
}

interface Claim<Row extends ResolvedRow = ResolvedRow> {
  readonly owner: Row;
  readonly kind: 'id' | 'name';
  readonly value: string;
  readonly write: TableWrite;
}

/** The claims of these rows; or the first that repeats an earlier one among them. */
function claimsOf<Row extends ResolvedRow>(
  batch: BatchId,
  rows: readonly (Row | RejectedLine)[],
): { claims: Claim<Row>[]; repeated?: Claim<Row> } {
  const claims = new Map<string, Claim<Row>>();
  for (const owner of rows) {
    for (const { kind, value } of wantedBy(owner)) {
      if (!('items' in owner)) continue;
      const claim = { owner, kind, value, write: claimUnique(batch, kind, value, owner.row) };
      if (claims.has(`${kind} ${value}`)) return { claims: [], repeated: claim };
      claims.set(`${kind} ${value}`, claim);
    }
  }
  return { claims: [...claims.values()] };
}

function wantedBy(row: ResolvedRow | RejectedLine): { kind: 'id' | 'name'; value: string }[] {
  const [first] = 'items' in row ? row.items : [];
  if (first === undefined) return [];
  const id = first.id === undefined ? [] : [{ kind: 'id' as const, value: first.id }];
  const name = isDefaultName(first) ? [] : [{ kind: 'name' as const, value: nameKey(first.fileName) }];
  return [...id, ...name];
}

/** Default names begin with the number of their row, and no name given in a file may: they need no claim. */
function isDefaultName(item: ItemSpec): boolean {
  return /^\d{4,}(-|$)/.test(item.fileName);
}

async function firstRefused<Row extends ResolvedRow>(
  table: Pick<Table, 'write'>,
  claims: readonly Claim<Row>[],
): Promise<Claim<Row> | undefined> {
  if (claims.length === 0) return undefined;
  const result = await table.write(claims.map((claim) => claim.write));
  return result.kind === 'refused' ? claims[result.indexes[0] ?? 0] : undefined;
}

function loser<Row extends ResolvedRow>({ owner, kind, value }: Claim<Row>): Row | RejectedLine {
  if (kind === 'id') return repeatedId(owner, value);
  const items = Array.from(owner.items, (item) => ({
    ...item,
    fileName: `${item.fileName}-row-${owner.row}`,
  }));
  return { ...owner, items };
}
