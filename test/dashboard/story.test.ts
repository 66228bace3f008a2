import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../local/simulator/server.ts';
import { envOf } from '../cli/provider.ts';
import { openWorkplace, type Started, type Workplace } from '../cli/workplace.ts';
import { launchBrowser, type OpenPage, openPage } from './support/browser.ts';

const FLASH = 'gemini-3.1-flash-image-preview';
const PRO = 'gemini-3-pro-image-preview';
const MARKUP = '<img src=x onerror=alert(1)>';
const CARDS = [
  'motif,city,prompt,model,name,tags,Notes',
  `a tram,Lisbon,A postcard of {{motif}} in {{city}},${FLASH},tram,,first`,
  `a castle,Tallinn,A postcard of {{motif}} in {{city}},no-such-model,castle,,`,
  `${MARKUP},Kyoto,A sign that says {{motif}},${FLASH},${MARKUP},sign=${MARKUP},`,
  `a riot,Bergen,A postcard of {{motif}} in {{city}},${FLASH},riot,,`,
  `a tram,Lisbon,A postcard of {{motif}} in {{city}},${PRO},tram-pro,,`,
].join('\n');

/** A user's way through the page; each step begins where the one before has ended. */
let simulator: Simulator;
let refuses = true;
let browser: Browser;
let work: Workplace;
let served: Started;
let opened: OpenPage;
let page: Page;
let base: string;

beforeAll(async () => {
  simulator = await startSimulator({
    pictures: 'plain',
    latency: { medianMs: 20, p95Ms: 40 },
    script: ({ prompt }) =>
      refuses && prompt.includes('a riot') ? { kind: 'failure', failure: 'blocked-image-safety' } : undefined,
  });
  work = await openWorkplace(envOf(simulator));
  served = work.start(['dashboard', '--json']);
  const [launched, { url = '', link = '' }] = await Promise.all([launchBrowser(), served.firstDocument()]);
  browser = launched;
  base = url;
  opened = await openPage(browser, link);
  page = opened.page;
  page.setDefaultTimeout(15_000);
}, 60_000);

afterAll(async () => {
  await browser?.close();
  served?.kill('SIGINT');
  await served?.ended;
  await simulator?.close();
  await work?.close();
});

describe('the dashboard', () => {
  test('shows how a dropped file is read, and its cost, before it runs', async () => {
    await page.getByText('No batches yet').waitFor();
    await drop(page, 'cards.csv', CARDS);

    await page.getByRole('button', { name: /^Generate 4 · about \$/ }).waitFor();
    expect(await page.locator('.columns-read .unused').textContent()).toContain('Notes');
    expect(await page.locator('td', { hasText: 'no-such-model' }).count()).toBe(1);
    expect(await page.locator('.samples').textContent()).toContain('A postcard of a tram in Lisbon');
    expect(simulator.totals().calls).toBe(0);
  }, 40_000);

  test('never shows the plan of options that have changed since', async () => {
    const released = Promise.withResolvers<void>();
    let answered = 0;
    await page.route('**/api/v1/plans', async (route) => {
      const isFirst = route.request().postData()?.includes('"2K"');
      const response = await route.fetch();
      if (isFirst) await released.promise;
      await route.fulfill({ response }).catch(() => undefined);
      answered += 1;
    });
    const size = page.getByLabel('Size');
    const late = page.waitForRequest((request) => request.postData()?.includes('"2K"') === true);
    await size.selectOption('2K');
    await late;
    await size.selectOption('1K');
    const button = page.getByRole('button', { name: /^Generate 4/ });
    const label = await button.textContent();
    released.resolve();
    await expect.poll(() => answered).toBe(2);

    expect(await button.textContent()).toBe(label);
    await page.unroute('**/api/v1/plans');
    await size.selectOption('');
  }, 40_000);

  test('runs it, and shows each image as it arrives, and the reason of each failure', async () => {
    await page.getByRole('button', { name: /^Generate 4/ }).click();
    await page.waitForURL(/\/b\/cards-/);

    await page.locator('.tile.failed').waitFor();
    await page.locator('.tile.ready img').nth(2).waitFor();
    expect(await page.locator('.facts').first().textContent()).toContain('3 of 4 ready');
    expect(await page.locator('.facts').first().textContent()).toContain('1 rejected');
    expect(await page.locator('.tile.failed').textContent()).toContain('refused');
    // What a file says is text: it became no element.
    expect(await page.locator('.tile img[onerror], .tile b img').count()).toBe(0);
  }, 40_000);

  test('filters the failures, and retries them after showing the price', async () => {
    refuses = false;
    await page.getByRole('button', { name: 'Failed 1' }).click();
    await page.locator('.tile').nth(1).waitFor({ state: 'detached' });
    expect(page.url()).toContain('state=failed');
    // Beside the button, which is in the middle.
    await page.locator('.tile.failed').click({ position: { x: 12, y: 12 } });
    await page.keyboard.press('r');
    await page
      .locator('dialog')
      .getByRole('button', { name: /^Retry 1 · about \$/ })
      .click();

    await page.getByRole('button', { name: 'Ready 4' }).waitFor();
    await page.locator('.grid').press('Escape');
    await page.locator('.tile.ready').nth(3).waitFor();
    expect(page.url()).not.toContain('state=');
  }, 40_000);

  test('picks by keys, and compares two models', async () => {
    await page.locator('.tile').first().click();
    await page.keyboard.press('p');
    await page.keyboard.press('Control+End');
    await page.keyboard.press('Space');
    await page
      .locator('.tile')
      .first()
      .click({ modifiers: ['Control'] });
    await page.keyboard.press('c');
    await page.waitForURL(/compare/);

    const heads = await page.locator('figcaption b').allTextContents();
    expect(heads.join()).toContain(FLASH);
    expect(heads.join()).toContain(PRO);
    await page.locator('figure').nth(1).waitFor();
    // One of the two was picked before; a key marks the other, once that mark is shown.
    await page.locator('figure.picked').first().waitFor();
    const isFirst = (await page.locator('figure').first().getAttribute('class')) === 'picked';
    await page.keyboard.press(isFirst ? '2' : '1');
    await page.locator('figure.picked').nth(1).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Promote 2…' }).waitFor();
  }, 40_000);

  test('shows the picks alone at an address that is pasted', async () => {
    await page.goto(`${page.url()}?state=picked`);
    await page.locator('.tile.picked').nth(1).waitFor();
    expect(await page.locator('.tile').count()).toBe(2);

    await page.getByRole('button', { name: 'Show all' }).click();
    await page.locator('.tile').nth(3).waitFor();
  }, 40_000);

  test('shows an image large, with its request, attempts and charges', async () => {
    await page.locator('.tile').nth(1).dblclick();
    await page.waitForURL(/\/i\/3\/1/);

    await page.locator('.details p', { hasText: `A sign that says ${MARKUP}` }).waitFor();
    expect(await page.locator('.attempts').textContent()).toMatch(/\d+ in · \d+ text · [\d,]+ image tokens/);
    expect(await page.locator('.view > img').getAttribute('src')).toMatch(/\/large\?v=[0-9a-f]{8}$/);
    await page.keyboard.press('ArrowRight');
    await page.waitForURL(/\/i\/4\/1/);
    await page.keyboard.press('Escape');
    await page.waitForURL(/\/b\/cards-[^/]*$/);
  }, 40_000);

  test('shows what a file, a model or a provider says as text, never as elements', async () => {
    const address = page.url();
    await page.route('**/api/v1/batches/*/items/*/*', async (route) => {
      const response = await route.fetch();
      const failure = { code: 'blocked', title: 'refused', message: MARKUP, advice: '', actions: [] };
      await route.fulfill({ response, json: { ...(await response.json()), text: MARKUP, failure } });
    });
    await page.locator('.tile').nth(1).dblclick();
    await page.locator('.details summary').click();

    const said = await page.locator('.details').innerText();
    expect(said).toContain(`THE MODEL'S WORDS\n\n${MARKUP}`);
    expect(said).toContain(`refused\n\n${MARKUP}`);
    expect(said).toMatch(/sign\s+<img src=x onerror=alert\(1\)>/);
    expect(await page.locator('[onerror]').count()).toBe(0);
    await page.unroute('**/api/v1/batches/*/items/*/*');
    await page.goto(address);
  }, 40_000);

  test('promotes the picks to a batch of their own', async () => {
    await page.getByRole('button', { name: 'Promote 2…' }).click();
    await page.locator('dialog').getByLabel('Size').selectOption('2K');
    await page
      .locator('dialog')
      .getByRole('button', { name: /^Generate 2 · about \$/ })
      .click();

    await page.getByText('2 of 2 ready', { exact: false }).waitFor();
    const [picks, status] = await Promise.all([
      work.run(['picks', 'cards-', '--json']),
      work.run(['status', '--json']),
    ]);
    expect(picks.code, picks.stderr).toBe(1);
    expect(picks.stderr).toContain('means 2 batches');
    const first = JSON.parse(status.stdout).batches.find(
      ({ batch }: { batch: string }) => !batch.includes('promoted'),
    );
    const named = JSON.parse((await work.run(['picks', first.batch.slice(0, 12), '--json'])).stdout);
    expect(named.picks.map(({ row }: { row: number }) => row)).toEqual([1, 5]);
  }, 40_000);

  test('has the numbers of `cost --json`', async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await page.waitForURL(/\/cost/);
    await page.locator('.cost-table tbody tr').nth(1).waitFor();
    const cells = page.locator('.cost-table tbody [data-credits]');
    const shown = await cells.evaluateAll((all) =>
      all.map((cell) => Number(cell.getAttribute('data-credits'))),
    );
    const total = Number(await page.locator('[data-total]').getAttribute('data-total'));

    const cost = JSON.parse((await work.run(['cost', '--last', '7d', '--by', 'day,model', '--json'])).stdout);

    expect(shown).toEqual(cost.rows.map(({ creditsMicro }: { creditsMicro: number }) => creditsMicro));
    expect(total).toBe(cost.total.creditsMicro);
    expect(total).toBe(simulator.totals().creditsMicro);
    expect(await page.locator('.chart canvas').count()).toBe(1);

    await page.getByLabel('Only where').fill('outcome!=image');
    await page.keyboard.press('Enter');
    await page.getByText(/--where 'outcome!=image'/).waitFor();
    const wasted = JSON.parse(
      (await work.run(['cost', '--last', '7d', '--where', 'outcome!=image', '--json'])).stdout,
    );
    await page.locator(`[data-total="${wasted.total.creditsMicro}"]`).waitFor();
    expect(wasted.total.creditsMicro).toBeGreaterThan(0);
  }, 40_000);

  test('compares the ledger with a statement of the provider', async () => {
    const cost = JSON.parse((await work.run(['cost', '--last', '7d', '--by', 'day,model', '--json'])).stdout);
    const lines = cost.rows.map(
      ({ day, model, credits }: Record<string, string>) => `${day},${model},${credits}`,
    );
    await page.locator('input[type=file]').setInputFiles({
      name: 'statement.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(['day,model,credits', ...lines, ''].join('\n')),
    });

    await page.locator('.reconciled tbody tr').last().waitFor();
    expect(await page.locator('.reconciled tr').last().textContent()).toMatch(/^total.*0same$/);
  }, 40_000);

  test('is clean for axe on every page, in light and dark', async () => {
    const source = await readFile(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
    const { batches } = JSON.parse((await work.run(['status', '--json'])).stdout);
    const batch = batches.at(-1).batch;
    const found: string[] = [];
    // Each page with what shows that it is there.
    for (const [path, shown] of [
      ['/', 'main table tbody tr'],
      ['/new', 'main input[type=file]'],
      ['/cost', '.chart canvas'],
      ['/provider', 'main h2'],
      ['/schedules', 'main .panel'],
      [`/b/${batch}`, '.tile.ready img'],
      [`/b/${batch}/i/1/1`, '.attempts'],
      [`/b/${batch}/compare?i=1/1,5/1`, 'figure.picked'],
    ] as const) {
      await page.goto(base + path);
      await page.locator(shown).first().waitFor();
      // The value of a script is sent over: nothing, in place of all of axe.
      await page.evaluate(`${source}\n;undefined`);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        found.push(...(await violations(page)).map((each) => `${colorScheme} ${path}: ${each}`));
      }
    }
    expect(found).toEqual([]);
  }, 60_000);

  test('shows charts in a browser whose language is of a POSIX locale', async () => {
    const posix = await opened.context.newPage();
    await posix.addInitScript(
      "Object.defineProperty(navigator, 'language', { value: 'en-US@posix', configurable: true })",
    );
    for (const path of ['/cost', '/provider']) {
      await posix.goto(base + path);
      await posix.locator('.chart canvas').first().waitFor();
    }
    await posix.close();
  }, 40_000);

  test('says why a page can’t be shown, and shows others', async () => {
    const other = await opened.context.newPage();
    await other.route('**/assets/provider-page*', (route) => route.abort());
    await other.goto(`${base}/provider`);
    await other.getByText("This page can't be shown").waitFor();
    await other.getByRole('link', { name: 'Schedules' }).click();
    await other.locator('main .panel').first().waitFor();
    await other.close();
  }, 40_000);

  test('gave no error in the console', () => {
    expect(opened.errors).toEqual([]);
  });
});

/** What axe finds in the page as it is: each rule with the first element that breaks it. */
async function violations(page: Page): Promise<string[]> {
  return await page.evaluate(`axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa'], resultTypes: ['violations'] })
    .then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0]?.target))`);
}

/** What a file manager does: the file is held over the window, then let go. */
async function drop(page: Page, name: string, text: string): Promise<void> {
  const dataTransfer = await page.evaluateHandle<unknown>(`(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([${JSON.stringify(text)}], ${JSON.stringify(name)}, { type: 'text/csv' }));
    return transfer;
  })()`);
  await page.dispatchEvent('body', 'dragenter', { dataTransfer });
  await page.dispatchEvent('body', 'drop', { dataTransfer });
}
