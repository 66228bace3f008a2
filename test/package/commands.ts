import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Shell } from './shell.ts';

const POSTCARDS = 'node_modules/pressrun/examples/postcards.csv';

/** The commands that a user runs after the quick start, in the same folder, by the promise of each. */
export function laterCommands(shell: Shell, place: string, path: string) {
  const pressrun = async (...args: string[]) => await shell(['npx', 'pressrun', ...args], { mayFail: true });
  return {
    'init writes files that plan and config read': async () => {
      await pressrun('init', 'fresh');
      const plan = await pressrun('plan', 'fresh/prompts.csv', '--config', 'fresh/pressrun.config.json');
      assert.match(plan.stdout, /3 new · 0 reused/);
      const show = await pressrun('config', 'show', '--config', 'fresh/pressrun.config.json');
      assert.match(show.stdout, /defaults\.model +\S+ +file/);
      assert.doesNotMatch(plan.stderr + show.stderr, /^pressrun: /m);
    },
    'plan knows what is there': async () => {
      const { stdout } = await pressrun('plan', POSTCARDS, '--simulate');
      assert.match(stdout, /0 new · 27 reused/);
    },
    'doctor names the key that is missing': async () => {
      const { code, stdout } = await pressrun('doctor');
      assert.equal(code, 1);
      assert.match(stdout, /^NO {2}key .*CORE_TODAY_API_KEY/m);
      assert.equal(stdout.match(/^ok/gm)?.length, 3);
    },
    'download and contact-sheet write their files': async () => {
      const { code } = await pressrun('download', 'latest', '--out', 'copy', '--simulate');
      assert.equal(code, 0);
      assert.equal((await readdir(join(place, 'copy'))).filter((name) => name.endsWith('.png')).length, 27);
      await pressrun('contact-sheet', 'latest', '--out', 'sheet.html', '--simulate');
      const sheet = await readFile(join(place, 'sheet.html'), 'utf8');
      assert.equal(sheet.match(/data:image\//g)?.length, 27);
    },
    'schedule runs a file': async () => {
      await writeFile(join(place, 'cards.csv'), 'prompt\nA robin\n');
      await pressrun('schedule', 'add', 'weekly', 'cards.csv', '--cron', '0 8 * * MON', '--simulate');
      await pressrun('schedule', 'run', 'weekly', '--simulate');
      const worker = await pressrun('worker', '--until-idle', '--simulate');
      assert.match(worker.stdout + worker.stderr, /weekly-\S+: complete, 1 done/);
    },
    'reconcile compares a statement in dollars': async () => {
      const lines = [
        'Model,Cost (USD)',
        'gemini-3-pro-image-preview,0.837',
        'gemini-3.1-flash-image-preview,1.7164',
      ];
      await writeFile(join(place, 'statement.csv'), `${lines.join('\n')}\n`);
      const { code, stdout } = await pressrun(
        'reconcile',
        'statement.csv',
        '--day-column',
        'none',
        '--simulate',
      );
      assert.equal(code, 0, stdout);
      assert.match(stdout, /^total /m);
    },
    'the dashboard makes thumbnails in its own process': async () => await makeThumbnail(place, path),
  };
}

/** Asks the installed page's server for a thumbnail, and looks for the file that its process keeps. */
async function makeThumbnail(place: string, path: string): Promise<void> {
  const args = ['pressrun', 'dashboard', '--simulate', '--api-only', '--json'];
  const child = spawn('npx', args, { cwd: place, env: { PATH: path, HOME: place }, detached: true });
  try {
    const [line] = await once(createInterface(child.stdout), 'line');
    const { url, token } = JSON.parse(line);
    const get = async (address: string) =>
      await fetch(`${url}${address}`, { headers: { authorization: `Bearer ${token}` } });
    const [batch] = (await readdir(join(place, 'out'))).filter((name) => name.startsWith('postcards-'));
    const response = await get(`/media/${batch}/1/1/thumb`);
    const bytes = Buffer.from(await response.arrayBuffer());
    assert.equal(response.status, 200, String(bytes));
    assert.equal(bytes.subarray(8, 12).toString('latin1'), 'WEBP');
    const kept = await readdir(join(place, '.pressrun/simulated/objects/thumbnails'), { recursive: true });
    assert.equal(kept.filter((name) => name.endsWith('.webp')).length, 1, kept.join(' '));
  } finally {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
    await once(child, 'close');
  }
}
