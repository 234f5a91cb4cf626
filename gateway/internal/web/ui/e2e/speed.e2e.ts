import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Gateway, posting } from './gateway';
import { openBrowser, Screen } from './screen';

const look = { width: 1360, scheme: 'light', language: 'ru' } as const;

/** The promise is 1.5 s; a machine where others work too is given four times that. */
const usable = 6000;

let gateway: Gateway;
let browser: Browser;
let owner: Screen;

beforeAll(async () => {
  gateway = await Gateway.start();
  browser = await openBrowser();
  owner = await Screen.open(browser, look, gateway.url);
  const { page } = owner;
  await page.goto(gateway.setupLink);
  await page.getByLabel('Имя', { exact: true }).fill('Хозяйка');
  await page.getByLabel('Пароль', { exact: true }).fill('a long pass phrase 7');
  await page.getByRole('button', { name: 'Начать' }).click();
  await page.getByText('Шаг 2 из 5').waitFor();
  await gateway.post(event(0));
});

afterAll(async () => {
  await browser?.close();
  await gateway?.remove();
});

/** The posting of one order of its own. */
const event = (sequence: number) =>
  posting({
    number: `${sequence}.1`,
    guid: `A1D3E9B0-6C1F-4E2E-8B61-${String(sequence).padStart(12, '0')}`,
    stage: 'ready',
    sequence,
  });

/** Opens an address in a browser that has nothing of it, and gives when the first thing that counts was there, in milliseconds. */
async function opened(path: string, first: string, from?: Screen): Promise<{ at: number; bytes: number }> {
  const screen = await Screen.open(browser, look, gateway.url, from);
  await screen.context.addInitScript((selector) => {
    const watch = new MutationObserver(() => {
      if (!document.querySelector(selector)) return;
      watch.disconnect();
      requestAnimationFrame(() => setTimeout(() => Object.assign(window, { usableAt: performance.now() })));
    });
    watch.observe(document, { childList: true, subtree: true });
  }, first);
  await screen.page.goto(gateway.url + path);
  await screen.page.waitForFunction(() => 'usableAt' in window, undefined, { timeout: 30_000, polling: 50 });
  const found = await screen.page.evaluate(() => ({
    at: (window as unknown as { usableAt: number }).usableAt,
    bytes: performance
      .getEntriesByType('resource')
      .reduce((sum, one) => sum + (one as PerformanceResourceTiming).encodedBodySize, 0),
  }));
  await screen.close();
  return found;
}

describe('the first look, with nothing in the cache', () => {
  it.each([
    ['the way in', '/', 'input[autocomplete="username"]', false],
    ['Today', '/', 'main [role="status"]', true],
  ] as const)('shows %s before anybody wonders', async (name, path, first, signedIn) => {
    const times: number[] = [];
    for (let count = 0; count < 3; count++) times.push((await opened(path, first, signedIn ? owner : undefined)).at);
    times.sort((a, b) => a - b);
    console.log(`${name} is usable after ${times.map((one) => one.toFixed(0)).join(', ')} ms`);
    expect(times[0]).toBeLessThan(usable);
  });
});

describe('an hour in a minute', () => {
  it('leaves Today as quick and as small as it was', { timeout: 90_000 }, async () => {
    const { page, context } = owner;
    const debug = await context.newCDPSession(page);
    await page.goto(gateway.url);
    await page.getByText('0.1').first().waitFor();
    await answers(page); // what it fetches is there from now on
    let sequence = 1;
    const start = await weigh(debug);
    sequence = await pour(sequence, 6); // until the feed holds what it may hold
    const full = await weigh(debug);
    await watchFrames(page);
    const began = Date.now();
    const poured = pour(sequence, 9);
    const answered = await answers(page);
    const last = await poured;
    const rate = (last - sequence) / ((Date.now() - began) / 1000);
    const frames = await page.evaluate(() => (window as unknown as { frames: Frames }).frames);
    const after = await weigh(debug);
    console.log(
      `${rate.toFixed(0)} events/s; longest gap between frames ${frames.gap.toFixed(0)} ms, longest task ${frames.task.toFixed(0)} ms, ${frames.count} frames; ` +
        `search opens within ${answered} ms; heap ${start.heap} → ${full.heap} → ${after.heap} KiB; feed ${start.rows} → ${full.rows} → ${after.rows} px; nodes ${start.nodes} → ${full.nodes} → ${after.nodes}`,
    );
    expect.soft(rate, 'events a second').toBeGreaterThan(100);
    expect.soft(frames.gap, 'ms without a frame').toBeLessThan(1500);
    expect.soft(answered, 'ms until a key is answered').toBeLessThan(3000);
    expect.soft(after.heap - full.heap, 'KiB that stay').toBeLessThan(3 * 1024);
    expect.soft(after.nodes, 'nodes of the document').toBeLessThan(1500);
    expect.soft(after.rows, 'pixels of the feed').toBeLessThan(60 * 500);
    expect(owner.faults).toEqual([]);
  });
});

interface Frames {
  gap: number;
  task: number;
  count: number;
}

/** Has the page note the longest pause between two frames and the longest task, in milliseconds. */
async function watchFrames(page: Page): Promise<void> {
  await page.evaluate(() => {
    const frames: Frames = { gap: 0, task: 0, count: 0 };
    let last = performance.now();
    const next = (now: number) => {
      frames.gap = Math.max(frames.gap, now - last);
      frames.count++;
      last = now;
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
    new PerformanceObserver((list) => {
      for (const one of list.getEntries()) frames.task = Math.max(frames.task, one.duration);
    }).observe({ entryTypes: ['longtask'] });
    Object.assign(window, { frames });
  });
}

/** How long the page takes to do what a key asks for, in milliseconds. */
async function answers(page: Page): Promise<number> {
  const began = Date.now();
  await page.keyboard.press('/');
  await page.getByRole('dialog').waitFor();
  const took = Date.now() - began;
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  return took;
}

/** Posts 200 events a second for so many seconds; gives the number of the next one. */
async function pour(first: number, seconds: number): Promise<number> {
  const [every, batch] = [50, 10];
  const ends = first + (seconds * 1000 * batch) / every;
  let next = first;
  const waiting = new Set<Promise<void>>();
  const began = Date.now();
  while (next < ends) {
    const due = Math.min(ends, first + Math.floor(((Date.now() - began) / every) * batch));
    for (; next < due && waiting.size < 64; next++) {
      const one = gateway.post(event(next)).then((answer) => {
        waiting.delete(one);
        if (!answer.startsWith('200')) throw new Error(answer);
      });
      waiting.add(one);
    }
    await Promise.race([new Promise((done) => setTimeout(done, every / 2)), ...waiting]);
  }
  await Promise.all(waiting);
  return next;
}

/** What a page holds once its garbage is gone: heap in KiB, nodes of the document, height of the feed in pixels. */
async function weigh(debug: CDPSession): Promise<{ heap: number; nodes: number; rows: number }> {
  await debug.send('HeapProfiler.collectGarbage');
  const { usedSize } = await debug.send('Runtime.getHeapUsage');
  const number = async (expression: string) =>
    (await debug.send('Runtime.evaluate', { expression })).result.value as number;
  return {
    heap: Math.round(usedSize / 1024),
    nodes: await number('document.querySelectorAll("*").length'),
    rows: await number('document.querySelector("main [role=list]")?.clientHeight ?? 0'),
  };
}
