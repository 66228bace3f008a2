import { describe, expect, test } from 'vitest';
import { chosenBatch } from '../../../cli/stage/chosen-batch.ts';
import { submit, useWorlds } from '../../support/world.ts';

const freshWorld = useWorlds();

describe('a batch', () => {
  test('may be named by a part that only its id has, as a narrow table shows it, or by latest', async () => {
    const world = await freshWorld();
    const first = await submit(world, 'prompt\na fox\n');
    const second = await submit(world, 'prompt\na hare\n');

    expect(await chosenBatch(world.effects, second.slice(-6))).toBe(second);
    expect(await chosenBatch(world.effects, first.slice(0, -3))).toBe(first);
    await expect(chosenBatch(world.effects, first.slice(0, 3))).rejects.toThrow('means 2 batches: ');
    await expect(chosenBatch(world.effects, 'no-such-batch')).rejects.toThrow('no batch "no-such-batch"');
  });
});
