import type { Effects } from '../../shared/pipeline/effects.ts';
import type { ObjectStore, Table, TableWrite } from '../../shared/pipeline/ports.ts';
import type { Plant } from './world.ts';

/** The same pipeline as if its code recorded an image before it put it: the put waits until the record is written. */
export const recordsBeforePut: Plant = (effects) => {
  const puts = new Map<string, () => ReturnType<ObjectStore['put']>>();
  const store: ObjectStore = {
    ...effects.store,
    put: async (key, body, options) => {
      if (options.metadata?.['pressrun-attempt'] === undefined)
        return await effects.store.put(key, body, options);
      puts.set(key, () => effects.store.put(key, body, options));
      return { kind: 'stored', version: 'later' };
    },
  };
  const write: Table['write'] = async (writes) => {
    const result = await effects.table.write(writes);
    for (const each of writes) {
      const key = imageKeyOf(each);
      await puts.get(key)?.();
      puts.delete(key);
    }
    return result;
  };
  return { ...effects, store, table: { ...effects.table, write } };
};

/** As if an item were claimed without the condition that it is still queued. */
export const claimsWithoutCondition: Plant = (effects) =>
  withWrites(effects, (writes) => writes.map((each) => (isClaim(each) ? withoutCondition(each) : each)));

/** As if an attempt were ended without the condition that it still holds its item. */
export const endsWithoutCondition: Plant = (effects) =>
  withWrites(effects, (writes) => writes.map((each) => (isEnd(each) ? withoutCondition(each) : each)));

/** As if nobody looked for the image of an earlier attempt. */
export const adoptsNothing: Plant = (effects) => ({
  ...effects,
  store: {
    ...effects.store,
    head: async (key) => (key.startsWith('images/') ? undefined : await effects.store.head(key)),
  },
});

/** As if the end of an attempt left the credits that were reserved for it open. */
export const keepsHolds: Plant = (effects) =>
  withWrites(effects, (writes) => writes.filter((each) => !isRelease(each)));

/** As if the roll-up of a charge were added after the transaction that records it. */
export const rollsUpAfterwards: Plant = (effects) => {
  const write: Table['write'] = async (writes) => {
    const rollUps = writes.filter(isRollUp);
    const result = await effects.table.write(writes.filter((each) => !isRollUp(each)));
    if (result.kind === 'written') for (const each of rollUps) await effects.table.write([each]);
    return result;
  };
  return { ...effects, table: { ...effects.table, write } };
};

function withWrites(effects: Effects, change: (writes: readonly TableWrite[]) => TableWrite[]): Effects {
  const { table } = effects;
  return { ...effects, table: { ...table, write: (writes) => table.write(change(writes)) } };
}

function isClaim(write: TableWrite): boolean {
  return write.kind === 'update' && isItem(write) && write.set?.state === 'working';
}

function isEnd(write: TableWrite): boolean {
  return write.kind === 'update' && isItem(write) && /^(queued|done|failed)$/.test(String(write.set?.state));
}

function isRelease(write: TableWrite): boolean {
  return write.kind === 'update' && write.key.pk.startsWith('HOLD#') && (write.add?.openMicro ?? 0) < 0;
}

function isRollUp(write: TableWrite): boolean {
  return write.kind === 'update' && write.key.pk.startsWith('COST#');
}

function isItem(write: Extract<TableWrite, { kind: 'update' }>): boolean {
  return write.key.sk.startsWith('ITEM#');
}

function withoutCondition(write: TableWrite): TableWrite {
  if (write.kind === 'check') return write;
  const { onlyIf: _, ...rest } = write;
  return rest;
}

function imageKeyOf(write: TableWrite): string {
  const image = write.kind === 'update' ? write.set?.image : undefined;
  return typeof image === 'object' && image !== null && 'key' in image ? String(image.key) : '';
}
