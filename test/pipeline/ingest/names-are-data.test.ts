import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { metadataToOptions } from '../../../shared/domain/batch/batch-options.ts';
import { dayOfMs } from '../../../shared/domain/time/calendar.ts';
import { verifyCost } from '../../../shared/pipeline/money/cost.ts';
import { itemsIn, workOff } from '../../support/work.ts';
import { submit, useWorlds } from '../../support/world.ts';

const freshWorld = useWorlds();

/** What every object of JavaScript has already. */
const NAMES = [
  'constructor',
  '__proto__',
  'prototype',
  'toString',
  'hasOwnProperty',
  'valueOf',
  '__defineGetter__',
];
const BEFORE = 'row,variant,id,state,file';

describe('a name that JavaScript has a use for', () => {
  test('is a column like any other', async () => {
    const world = await freshWorld();
    const batch = await submit(
      world,
      [
        `prompt,${NAMES.join(',')}`,
        `{{constructor}} of {{toString}},${NAMES.map((name) => `my ${name}`).join(',')}`,
      ].join('\n'),
    );
    await workOff(world, batch);

    const manifest = await readFile(join(world.folder, 'batches', batch, 'manifest.csv'), 'utf8');
    expect(manifest.startsWith(BEFORE)).toBe(true);
    expect(manifest).toContain('my constructor of my toString');
    for (const name of NAMES) expect(manifest).toContain(`my ${name}`);
  });

  test('is a key that other rows of JSON lines do not have', async () => {
    const world = await freshWorld();
    const lines = [...NAMES.map((name) => `{"prompt":"a fox","${name}":"my ${name}"}`), '{"prompt":"a dog"}'];
    const batch = await submit(world, lines.join('\n'));
    await workOff(world, batch);

    const manifest = await readFile(join(world.folder, 'batches', batch, 'manifest.csv'), 'utf8');
    for (const name of NAMES) expect(manifest.split(`my ${name}`)).toHaveLength(2);
    expect(manifest).not.toContain('function');
    expect(manifest).not.toContain('[object');
  });

  test('is a tag, whose costs are added up', async () => {
    const world = await freshWorld();
    const batch = await submit(world, 'prompt,tags\na fox,constructor=McLaren;toString=x\na dog,valueOf=y\n');
    await workOff(world, batch);
    await workOff(world, batch);

    const items = await itemsIn(world.effects, batch);
    const tags = items.map((item) => Object.entries(item.tags).sort());
    expect(tags).toEqual([
      [
        ['constructor', 'McLaren'],
        ['toString', 'x'],
      ],
      [['valueOf', 'y']],
    ]);
    const day = dayOfMs(world.effects.clock.now());
    const verified = await verifyCost(world.effects.table, { from: day, to: day });
    expect(verified.differences).toEqual([]);
  });

  test('is an axis', async () => {
    const world = await freshWorld();
    const { options } = metadataToOptions({
      'pressrun-axes': NAMES.slice(3)
        .map((name) => `${name}=a,b`)
        .join(';'),
    });
    const places = NAMES.slice(3).map((name) => `{{${name}}}`);
    const batch = await submit(world, `prompt\n${places.join(' ')}\n`, options);

    const items = await itemsIn(world.effects, batch);
    const prompts = new Set(items.map(({ prompt }) => prompt));
    expect(prompts.size).toBe(16);
    expect([...prompts].every((prompt) => /^[ab]( [ab]){3}$/.test(prompt))).toBe(true);
  });
});
