import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const axe: string = createRequire(import.meta.url)('axe-core').source;

/** How a page is looked at. */
export interface Look {
  width: 1360 | 390;
  scheme: 'light' | 'dark';
  language: 'ru' | 'en';
}

export const looks: Look[] = ([1360, 390] as const).flatMap((width) =>
  (['light', 'dark'] as const).flatMap((scheme) =>
    (['ru', 'en'] as const).map((language) => ({ width, scheme, language })),
  ),
);

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });

/** A browser's window with an eye on what must not happen in it. */
export class Screen {
  /** Errors of the console and of scripts, and requests to anywhere else than the gateway. */
  readonly faults: string[] = [];

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    readonly look: Look,
  ) {}

  static async open(browser: Browser, look: Look, home: string, from?: Screen): Promise<Screen> {
    const context = await browser.newContext({
      viewport: { width: look.width, height: look.width === 390 ? 844 : 900 },
      colorScheme: look.scheme,
      reducedMotion: 'reduce',
      hasTouch: look.width === 390,
      storageState: from ? await from.context.storageState() : undefined,
    });
    await context.addInitScript(
      ([language, scheme]) => {
        localStorage.setItem('orderbell.language', language as string);
        localStorage.setItem('orderbell.scheme', scheme as string);
      },
      [look.language, look.scheme],
    );
    const page = await context.newPage();
    const screen = new Screen(context, page, look);
    page.on('console', (line) => {
      // What a refused call leaves in the console is the browser's own line about it.
      if (line.type() === 'error' && !/Failed to load resource/.test(line.text())) screen.faults.push(line.text());
    });
    page.on('pageerror', (fault) => screen.faults.push(`${fault}`));
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(home) && !url.startsWith('data:') && !url.startsWith('blob:'))
        screen.faults.push(`request to ${url}`);
    });
    return screen;
  }

  /** Waits until a page shows what it has. The live stream stays open, so silence of the network tells nothing. */
  async settle(): Promise<void> {
    await this.page.locator('h1').first().waitFor();
    await this.page
      .waitForFunction(() => !document.querySelector('.mantine-Loader-root'), undefined, { timeout: 15_000 })
      .catch(() => {});
    await this.page.waitForTimeout(250);
  }

  /** What axe-core finds wrong, a line for each rule. */
  async violations(): Promise<string[]> {
    // The page's policy forbids a script that is added to it; the debugger's own way is not the page's.
    const debug = await this.context.newCDPSession(this.page);
    await debug.send('Runtime.evaluate', { expression: axe });
    const answer = await debug.send('Runtime.evaluate', {
      expression: `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })
        .then((found) => JSON.stringify(found.violations.map((one) => one.id + ': ' + one.nodes.map((node) =>
          node.target.join(' ') + ' (' + (node.any[0] ?? node.all[0] ?? node.none[0])?.message + ')').slice(0, 3).join('; '))))`,
      awaitPromise: true,
      returnByValue: true,
    });
    await debug.detach();
    return JSON.parse(answer.result.value as string) as string[];
  }

  /** By how many pixels the page is wider than the window, and what sticks out. */
  overflow(): Promise<string> {
    return this.page.evaluate(() => {
      const over = document.documentElement.scrollWidth - document.documentElement.clientWidth;
      if (over <= 0) return '';
      const out = [...document.querySelectorAll('body *')].find(
        (one) => one.getBoundingClientRect().right > innerWidth + 1,
      );
      return `${over} px: ${out?.className} ${out?.textContent?.slice(0, 60)}`;
    });
  }

  /** Takes a picture for the documentation, where ORDERBELL_SCREENS names a folder; folders of this machine are renamed in it. */
  async picture(name: string, rename: Record<string, string> = {}): Promise<void> {
    const folder = process.env.ORDERBELL_SCREENS;
    if (!folder) return;
    await this.page.evaluate((names) => {
      const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) {
        const node = texts.currentNode;
        for (const [from, to] of Object.entries(names)) {
          if (node.nodeValue?.includes(from)) node.nodeValue = node.nodeValue.replaceAll(from, to);
        }
      }
    }, rename);
    await mkdir(folder, { recursive: true });
    const { width, scheme, language } = this.look;
    await this.page.screenshot({ path: join(folder, `${name}-${width}-${scheme}-${language}.png`) });
  }

  close = () => this.context.close();
}
