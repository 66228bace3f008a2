import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { envOf, testProvider, testWorkplace } from './provider.ts';

const KEY = 'cdt_very-secret-key';

describe('doctor --live', () => {
  test('generates one image, prints its place, cost and matching price, and records the charge', async () => {
    const work = await testWorkplace({ onTestFinished });
    const provider = await testProvider({ onTestFinished }, { key: KEY });
    const env = envOf(provider, KEY);

    const ended = await work.run(
      ['doctor', '--live', '--yes', '--model', 'gemini-3-pro-image', '--json'],
      env,
    );
    const cost = await work.run(['cost', '--json'], env);
    const { findings } = JSON.parse(ended.stdout);

    expect(ended.code, ended.stderr).toBe(0);
    expect(provider.totals()).toMatchObject({ calls: 1, billedCalls: 1 });
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      model: 'gemini-3-pro-image-preview',
      outcome: 'image',
      statuses: [200],
    });
    expect(findings[0].imageAt.join()).toMatch(/choices\[0\]/);
    expect(Object.keys(findings[0].prices)).toEqual(expect.arrayContaining(['pro-2025-11', 'pro-half']));
    expect(JSON.parse(cost.stdout).total.creditsMicro).toBe(provider.totals().creditsMicro);
  });

  test('keeps request and answer as files without the key', async () => {
    const work = await testWorkplace({ onTestFinished });
    const provider = await testProvider({ onTestFinished }, { key: KEY });

    const ended = await work.run(['doctor', '--live', '--yes'], envOf(provider, KEY));
    const folder = work.path('.pressrun/local/doctor/gemini-3.1-flash-image-preview');
    const names = await readdir(folder);
    const texts = await Promise.all(names.map((name) => readFile(`${folder}/${name}`, 'utf8')));

    expect(ended.code, ended.stderr).toBe(0);
    expect(names.sort()).toEqual(['1-answer.json', '1-request.json']);
    expect(texts.join()).toContain('A red apple');
    expect(texts.join() + ended.stdout + ended.stderr).not.toContain(KEY);
  });

  test('asks before it pays: without a terminal and without --yes nothing is sent', async () => {
    const work = await testWorkplace({ onTestFinished });
    const provider = await testProvider({ onTestFinished });

    const ended = await work.run(['doctor', '--live'], envOf(provider));

    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('add --yes');
    expect(provider.totals().calls).toBe(0);
  });

  test('reports the cause if there is no image', async () => {
    const work = await testWorkplace({ onTestFinished });
    const provider = await testProvider({ onTestFinished }, { key: 'cdt_other' });

    const ended = await work.run(['doctor', '--live', '--yes'], envOf(provider, KEY));

    expect(ended.code).toBe(2);
    expect(ended.stdout).toMatch(/outcome .*(401|auth)/);
  });
});
