import type { Commit, Draft } from '../effects.ts';
import type { Clock, Table, TableWrite, WriteResult } from '../ports.ts';

/** Writes each draft alone and at once. */
export function commitAlone(table: Pick<Table, 'write'>): Commit {
  return async ({ shard, writes }) => await table.write(await writes(shard));
}

interface Grouping {
  /** How long a draft may wait for others. */
  readonly windowMs: number;
  /** Whether any may still come: the last one waits for nobody. */
  readonly mayFollow: () => boolean;
}

/** An item has at most 100 KB, a transaction 4 MB and 100 writes. */
const MOST_DRAFTS = 25;
const MOST_WRITES = 100;

/** Writes concurrent drafts as one transaction, adding up what they add to a row. A refused draft takes no other with it. */
export function groupCommit(
  { table, clock }: { readonly table: Pick<Table, 'write'>; readonly clock: Clock },
  { windowMs, mayFollow }: Grouping,
): Commit {
  const waiting: Member[] = [];
  let isWriting = false;
  let window = new AbortController();

  const isDue = () => waiting.length >= MOST_DRAFTS || !mayFollow();

  async function writeAll(): Promise<void> {
    isWriting = true;
    while (waiting.length > 0) {
      window = new AbortController();
      if (!isDue()) await clock.sleep(windowMs, window.signal);
      await writeGroup(table, waiting.splice(0, MOST_DRAFTS));
    }
    isWriting = false;
  }

  return async (draft) => {
    const { promise, resolve, reject } = Promise.withResolvers<WriteResult>();
    waiting.push({ draft, resolve, reject });
    if (!isWriting) void writeAll();
    else if (isDue()) window.abort();
    return await promise;
  };
}

/** A draft, and who waits for it. */
interface Member {
  readonly draft: Draft;
  readonly resolve: (result: WriteResult) => void;
  readonly reject: (error: unknown) => void;
}

interface Drafted extends Member {
  readonly writes: readonly TableWrite[];
}

/** Settles every member; never rejects itself. */
async function writeGroup(table: Pick<Table, 'write'>, members: readonly Member[]): Promise<void> {
  const shard = members[0]?.draft.shard ?? 0;
  const drafted = await Promise.all(members.map((member) => draftIn(member, shard)));
  let left = drafted.filter((each) => each !== undefined);
  while (left.length > 0) {
    const group = packed(left);
    try {
      const again = await writePacked(table, group);
      left = left.filter((each) => !group.members.includes(each) || again.includes(each));
    } catch (error) {
      for (const { reject } of group.members) reject(error);
      left = left.filter((each) => !group.members.includes(each));
    }
  }
}

async function draftIn(member: Member, shard: number): Promise<Drafted | undefined> {
  try {
    return { ...member, writes: await member.draft.writes(shard) };
  } catch (error) {
    member.reject(error);
    return undefined;
  }
}

/** Members whose writes fit into one transaction, and whose writes each of its writes stands for. */
interface Group {
  readonly members: readonly Drafted[];
  readonly writes: readonly { readonly write: TableWrite; readonly of: readonly Drafted[] }[];
}

/** Writes a group; gives the members that are to be written anew, because another one was refused. */
async function writePacked(
  table: Pick<Table, 'write'>,
  { members, writes }: Group,
): Promise<readonly Drafted[]> {
  const result = await table.write(writes.map(({ write }) => write));
  if (result.kind === 'written' || members.length === 1) {
    for (const { resolve } of members) resolve(result);
    return [];
  }
  const refused = new Set(result.indexes.flatMap((index) => writes[index]?.of ?? []));
  for (const each of refused) {
    try {
      each.resolve(await table.write(each.writes));
    } catch (error) {
      each.reject(error);
    }
  }
  return members.filter((each) => !refused.has(each));
}

/** The first ones that go together, in their order; the first one always does. */
function packed(drafted: readonly Drafted[]): Group {
  const members: Drafted[] = [];
  let writes: Group['writes'] = [];
  for (const each of drafted) {
    const more = withMember(writes, each);
    if (members.length > 0 && (more === undefined || more.length > MOST_WRITES)) continue;
    members.push(each);
    writes = more ?? writes;
  }
  return { members, writes };
}

/** The group's writes with those of one more member; undefined where both write to one row what can't be added up. */
function withMember(writes: Group['writes'], member: Drafted): Group['writes'] | undefined {
  const byKey = new Map(writes.map((each) => [keyOf(each.write), each]));
  for (const write of member.writes) {
    const before = byKey.get(keyOf(write));
    const sum = before === undefined ? write : sumOf(before.write, write);
    if (sum === undefined) return undefined;
    byKey.set(keyOf(write), { write: sum, of: [...(before?.of ?? []), member] });
  }
  return [...byKey.values()];
}

function keyOf(write: TableWrite): string {
  const { pk, sk } = write.kind === 'put' ? write.row : write.key;
  return JSON.stringify([pk, sk]);
}

/** One addition for two, where they differ in their numbers alone and neither asks for more than that the row is there. */
function sumOf(a: TableWrite, b: TableWrite): TableWrite | undefined {
  if (a.kind !== 'update' || b.kind !== 'update') return undefined;
  if (!isSame(a.set, b.set) || !isSame(a.onlyIf, b.onlyIf)) return undefined;
  if (a.onlyIf !== undefined && a.onlyIf.kind !== 'present') return undefined;
  const add: Record<string, number> = { ...a.add };
  for (const [field, number] of Object.entries(b.add ?? {})) add[field] = (add[field] ?? 0) + number;
  return { ...a, add };
}

function isSame(a: object | undefined, b: object | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
