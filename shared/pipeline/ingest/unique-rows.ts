import type { BatchId } from '../../domain/ids.ts';
import { caseFoldedName } from '../../domain/item/file-name.ts';
import { repeatedId } from '../batch/refusals.ts';
import { inGroups } from '../each-concurrently.ts';
import type { Table } from '../ports.ts';
import type { RejectedLine } from '../rows/rejected-row.ts';
import { claimUnique } from '../rows/unique-row.ts';
import type { ReadRow } from './read-row.ts';

/** Makes ids and file names unique in a batch: rejects a repeated `id`, renames by row. Kept in the table, for any file size. */
export async function resolveUnique(
  table: Pick<Table, 'write'>,
  batch: BatchId,
  rows: readonly (ReadRow | RejectedLine)[],
): Promise<(ReadRow | RejectedLine)[]> {
  let candidates = rows;
  const owned = new Set<string>();
  for (;;) {
    const { resolved, claims } = resolvedAmongThemselves(candidates);
    const open = claims.filter((claim) => !owned.has(nameOf(claim)));
    const lost = await claimAll(table, batch, open, owned);
    if (lost.size === 0) return resolved;
    candidates = resolved.map((row) => {
      const claim = lost.get(row.row);
      return claim === undefined || !('items' in row) ? row : loser(row, claim);
    });
  }
}

interface Claim {
  readonly row: number;
  readonly kind: 'id' | 'name';
  readonly value: string;
}

/** A row's claims are in one transaction, which takes 100 writes. */
const ROWS_TOGETHER = 50;

/** Of two rows that want the same, the later loses, so that no two claims collide. */
function resolvedAmongThemselves(rows: readonly (ReadRow | RejectedLine)[]): {
  resolved: (ReadRow | RejectedLine)[];
  claims: Claim[];
} {
  const claims = new Map<string, Claim>();
  const resolved = rows.map((row) => {
    let candidate = row;
    for (;;) {
      const wanted = wantedBy(candidate);
      const taken = wanted.find((claim) => claims.has(nameOf(claim)));
      if (taken === undefined || !('items' in candidate)) {
        for (const claim of wanted) claims.set(nameOf(claim), claim);
        return candidate;
      }
      candidate = loser(candidate, taken);
    }
  });
  return { resolved, claims: [...claims.values()] };
}

function nameOf({ kind, value }: Claim): string {
  return `${kind} ${value}`;
}

/** Claims in the table; returns, by row, the first claim that is taken. */
async function claimAll(
  table: Pick<Table, 'write'>,
  batch: BatchId,
  claims: readonly Claim[],
  owned: Set<string>,
): Promise<Map<number, Claim>> {
  const lost = new Map<number, Claim>();
  const byRow = Map.groupBy(claims, ({ row }) => row);
  const chunks = Array.from(inGroups(byRow.values(), ROWS_TOGETHER), async (rows) => {
    const together = rows.flat();
    const writes = together.map(({ kind, value, row }) => claimUnique(batch, kind, value, row));
    const result = await table.write(writes);
    if (result.kind === 'written') for (const claim of together) owned.add(nameOf(claim));
    else {
      for (const index of result.indexes.toReversed()) {
        const claim = together[index];
        if (claim !== undefined) lost.set(claim.row, claim);
      }
    }
  });
  await Promise.all(chunks);
  return lost;
}

function wantedBy(line: ReadRow | RejectedLine): Claim[] {
  const [first] = 'items' in line ? line.items : [];
  if (first === undefined) return [];
  const { row } = line;
  const { id, fileName } = first.spec;
  const claims: Claim[] = id === undefined ? [] : [{ row, kind: 'id', value: id }];
  return isDefaultName(fileName)
    ? claims
    : [...claims, { row, kind: 'name', value: caseFoldedName(fileName) }];
}

/** Default names begin with their row's number, which given names may not: they need no claim. */
function isDefaultName(fileName: string): boolean {
  return /^\d{4,}(-|$)/.test(fileName);
}

function loser(owner: ReadRow, { kind, value }: Claim): ReadRow | RejectedLine {
  if (kind === 'id') return repeatedId(owner, value);
  const items = Array.from(owner.items, ({ spec, occurrence }) => ({
    spec: { ...spec, fileName: `${spec.fileName}-row-${owner.row}` },
    occurrence,
  }));
  return { ...owner, items };
}
