import chromium from '@sparticuz/chromium';
import { type Browser, type BrowserContext, type Page, chromium as playwright } from 'playwright-core';

/**
 * A real browser. Not with the package's own arguments: they switch web security off, and then tests of it would prove
 * nothing. The locale, because a POSIX one is none that a browser knows.
 */
export async function launchBrowser(): Promise<Browser> {
  return await playwright.launch({
    executablePath: await chromium.executablePath(),
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
}

export interface OpenPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of the console and of scripts, in their order: none is right. */
  readonly errors: string[];
}

export interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly theme?: 'light' | 'dark';
  readonly touch?: boolean;
}

export async function openPage(browser: Browser, url: string, look: Look = {}): Promise<OpenPage> {
  const context = await browser.newContext({
    viewport: { width: look.width ?? 1440, height: look.height ?? 900 },
    colorScheme: look.theme ?? 'light',
    hasTouch: look.touch ?? false,
    locale: 'en-US',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
  });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(url);
  return { page, context, errors };
}

/** Waits until there is a picture, and the first so many in the page are decoded. */
export async function picturesShown(page: Page, selector = 'img', atMost = 60): Promise<void> {
  const images = page.locator(selector);
  await images.first().waitFor();
  for (let tries = 0; tries < 100; tries += 1) {
    const left = await images.evaluateAll(
      (all, most) =>
        all.slice(0, most).filter((each) => !('naturalWidth' in each) || Number(each.naturalWidth) === 0)
          .length,
      atMost,
    );
    if (left === 0) return;
    await page.waitForTimeout(20);
  }
}
