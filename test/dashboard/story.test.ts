import { readFile } from 'node:fs/promises';
import AxeBuilder from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorkplace, type Started, type Workplace } from '../cli/workplace.ts';
import { launchBrowser, type OpenPage, openPage } from './support/browser.ts';

const CSV = [
  'motif,city,prompt,model,name,Notes',
  'a tram,Lisbon,A postcard of {{motif}} in {{city}},gemini-3.1-flash-image-preview,tram-flash,first',
  'a tram,Lisbon,A postcard of {{motif}} in {{city}},gemini-3-pro-image-preview,tram-pro,second',
  '"<img src=x onerror=alert(1)>",Kyoto,A sign that says {{motif}},gemini-3.1-flash-image-preview,"<b>sign</b>",',
  'a castle,Tallinn,A postcard of {{motif}} in {{city}},no-such-model,castle,',
  'a fjord,Bergen,A postcard of {{motif}} in {{city}},gemini-3.1-flash-image-preview,fjord,',
].join('\n');

let browser: Browser;
let work: Workplace;
let served: Started;
let opened: OpenPage;
let page: Page;
let base: string;

beforeAll(async () => {
  work = await openWorkplace();
  served = work.start(['dashboard', '--simulate', '--json', '--sim-latency', '40']);
  const [launched, { url = '', link = '' }] = await Promise.all([launchBrowser(), served.firstDocument()]);
  browser = launched;
  base = url;
  opened = await openPage(browser, link);
  page = opened.page;
  page.setDefaultTimeout(20_000);
}, 60_000);

afterAll(async () => {
  await browser?.close();
  served?.kill('SIGINT');
  await served?.ended;
  await work?.close();
});

describe('the dashboard', () => {
  test('leads from a dropped file to picked images and their cost', async () => {
    await page.getByText('No batches yet').waitFor();
    await drop(page, 'cards.csv', CSV);

    await page.getByText('Notes does not change any image', { exact: false }).waitFor();
    expect(await page.getByText('unknown model "no-such-model"', { exact: false }).count()).toBe(1);
    expect(await page.locator('.samples').textContent()).toContain('A postcard of a tram in Lisbon');
    const go = page.getByRole('button', { name: /^Generate 4 · about \$/ });
    await go.click();

    await page.waitForURL(/\/b\/cards-/);
    await page.getByText('4 of 4 ready', { exact: false }).waitFor();
    await page.locator('.tile img').nth(3).waitFor();
    expect(await page.locator('.tile').count()).toBe(4);
    expect(await page.locator('.facts').first().textContent()).toContain('1 rejected');
    expect(await page.locator('b', { hasText: 'sign' }).count()).toBe(0);

    await page.locator('.tile').nth(0).click();
    await page.keyboard.press('Control+ArrowRight');
    await page.keyboard.press('p');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Space');
    await page.keyboard.press('Shift+ArrowLeft');
    expect(await page.locator('.tile[aria-selected=true]').count()).toBe(2);
    await page.keyboard.press('c');
    await page.waitForURL(/compare/);
    expect(await page.locator('figcaption b').allTextContents()).toEqual(
      expect.arrayContaining([expect.stringContaining('gemini-3-pro-image-preview')]),
    );
    await page.keyboard.press('2');
    await page.locator('figure.picked').nth(1).waitFor();
    await page.keyboard.press('Escape');

    await page
      .getByText('2 picked')
      .waitFor()
      .catch(() => undefined);
    await page.locator('.tile').nth(2).dblclick();
    await page.waitForURL(/\/i\/3\/1/);
    await page.getByText('A sign that says <img src=x onerror=alert(1)>').waitFor();
    await page.getByText(/\d+ in · \d+ text · [\d,]+ image tokens/).waitFor();
    await page.keyboard.press('Escape');
  }, 60_000);

  test('promotes the picks after it has told the price', async () => {
    await page.getByRole('button', { name: 'Promote 2…' }).click();
    await page.getByLabel('Size').selectOption('2K');
    await page.getByText('promote cards-', { exact: false }).waitFor();
    await page.getByRole('button', { name: /^Generate 2 · about \$/ }).click();

    await page.getByText('2 of 2 ready', { exact: false }).waitFor();
    const picks = await work.run(['picks', 'cards', '--simulate', '--json']);
    expect(picks.code, picks.stderr).toBe(0);
    expect(JSON.parse(picks.stdout).picks).toHaveLength(2);
  }, 60_000);

  test('has the same numbers as `cost --json`', async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await page.waitForURL(/\/cost/);
    await page.locator('.cost-table tbody tr').nth(1).waitFor();
    const shown = await page
      .locator('.cost-table tbody [data-credits]')
      .evaluateAll((cells) => cells.map((cell) => Number(cell.getAttribute('data-credits'))));
    const total = Number(await page.locator('[data-total]').getAttribute('data-total'));

    const { stdout } = await work.run(['cost', '--last', '7d', '--by', 'day,model', '--simulate', '--json']);
    const cost = JSON.parse(stdout);

    expect(shown).toEqual(cost.rows.map(({ creditsMicro }: { creditsMicro: number }) => creditsMicro));
    expect(total).toBe(cost.total.creditsMicro);
    expect(shown.reduce((sum, each) => sum + each, 0)).toBe(total);
    expect(await page.locator('.chart canvas').count()).toBe(1);
  }, 30_000);

  test('is clean for axe on every page, in light and dark', async () => {
    const source = await readFile(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
    void AxeBuilder;
    const found: string[] = [];
    for (const theme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: theme });
      for (const path of ['/', '/new', '/cost', '/provider', '/schedules', await batchPath(page)]) {
        await page.goto(base + path);
        await page.waitForTimeout(300);
        await page.evaluate(source).catch(() => undefined);
        const { violations } = (await page.evaluate(
          `axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa'] })`,
        )) as {
          violations: { id: string; impact: string; nodes: { target: string[] }[] }[];
        };
        found.push(
          ...violations.map(
            ({ id, impact, nodes }) => `${theme} ${path} ${impact} ${id} ${nodes[0]?.target}`,
          ),
        );
      }
    }
    expect(found).toEqual([]);
  }, 60_000);

  test('gave no error in the console', () => {
    expect(opened.errors).toEqual([]);
  });
});

async function batchPath(page: Page): Promise<string> {
  await page.goto(`${base}/`);
  return (await page.locator('td.name a').last().getAttribute('href')) ?? '/';
}

/** What a file manager does: the file is held over the window, then let go. */
async function drop(page: Page, name: string, text: string): Promise<void> {
  const data = await page.evaluateHandle(`(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([${JSON.stringify(text)}], ${JSON.stringify(name)}, { type: 'text/csv' }));
    return transfer;
  })()`);
  await page.dispatchEvent('body', 'dragenter', { dataTransfer: data });
  await page.dispatchEvent('body', 'drop', { dataTransfer: data });
}
