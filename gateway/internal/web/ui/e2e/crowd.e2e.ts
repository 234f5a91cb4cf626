import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { crowd, freePort, guidOf, lanAddress } from './crowd';
import { Gateway } from './gateway';
import { type Look, openBrowser, Screen } from './screen';

const password = 'a long pass phrase 7';
const name = 'Очень длинное название ресторана на набережной "Волна" & сыновья';
const count = 10_000;

let gateway: Gateway;
let browser: Browser;
let home: string;

/** Makes the owner, a provider that sends nowhere, and a restaurant of a very long name; then the crowd comes. */
async function fill(): Promise<void> {
  const context = await browser.newContext();
  const call = async <T>(method: string, path: string, data?: unknown): Promise<T> => {
    const answer = await context.request.fetch(`${gateway.url}/api/v1${path}`, { method, data });
    if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  await call('POST', '/setup', { token: gateway.setupLink.split('#')[1], name: 'Хозяйка', password, language: 'ru' });
  await call('POST', '/accounts', {
    name: 'main',
    provider: 'console',
    settings: { quiet: { value: 'true' } },
    limits: { per_second: 10_000, per_day: 1_000_000, per_phone_per_day: 100 },
    revision: 0,
  });
  const place = {
    code: '199990777',
    name,
    timezone: 'Europe/Moscow',
    intake_key: {},
    order_stage: 'least',
    order_number: 'orderName',
  };
  await call('PUT', '/settings/restaurants', { restaurants: [place], revision: 0 });
  const notify = await call<{ settings: object; revision: number }>('GET', '/settings/notifications');
  await call('PUT', '/settings/notifications', {
    settings: { ...notify.settings, route: ['main'] },
    revision: notify.revision,
  });
  const { key } = await call<{ key: string }>('POST', '/keys', { name: 'qr', scopes: ['contacts:write'] });
  await crowd(gateway, key, count);
  const left = async () => {
    const { queued, sending } = await call<Record<string, { n: number }>>('GET', '/messages/counts');
    const { items } = await call<{ items: unknown[] }>('GET', '/events?status=stored&limit=1');
    return (queued?.n ?? 0) + (sending?.n ?? 0) + items.length;
  };
  await vi.waitFor(async () => expect(await left()).toBe(0), { timeout: 120_000, interval: 200 });
  await context.close();
}

/** Signs in over plain http, as somebody in the restaurant's network does. */
async function visit(look: Look): Promise<Screen> {
  const screen = await Screen.open(browser, look, home);
  const { page } = screen;
  await page.goto(home);
  await page.getByLabel('Имя', { exact: true }).fill('Хозяйка');
  await page.getByLabel('Пароль', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Войти' }).click();
  await page.getByText('Сейчас на кухне').or(page.locator('#feed-title')).first().waitFor();
  return screen;
}

const lists = [
  ['/orders', 'Заказы'],
  ['/messages', 'Сообщения'],
  ['/events', 'События'],
] as const;

const pages = [
  '/',
  `/orders/${guidOf(count)}`,
  '/contacts',
  '/charts',
  '/restaurants',
  '/notifications',
  '/providers',
  '/rules',
  '/rules/order-stage.js',
  '/audit',
  '/system',
  '/docs',
];

// A machine without a network cannot be looked at from one.
describe.skipIf(lanAddress === '')('ten thousand orders, seen by plain http from the network', () => {
  beforeAll(async () => {
    browser = await openBrowser();
    gateway = await Gateway.start();
    await fill();
    const listen = gateway.url.replace('http://', '');
    await gateway.stop();
    const admin = `${lanAddress}:${await freePort(lanAddress)}`;
    gateway = await Gateway.start(gateway.data, listen, { ORDERBELL_ADMIN_LISTEN: admin });
    home = `http://${admin}`;
  }, 240_000);

  afterAll(async () => {
    await browser?.close();
    await gateway?.remove();
  });

  it('fit a phone, page by page, and only what is in sight is drawn', async () => {
    const screen = await visit({ width: 390, scheme: 'light', language: 'ru' });
    const { page } = screen;
    expect(await page.evaluate(() => [isSecureContext, 'clipboard' in navigator])).toEqual([false, false]);
    const found: string[] = [];
    const look = async (path: string) => {
      const over = await screen.overflow();
      if (over) found.push(`${path} is too wide by ${over}`);
      found.push(...screen.faults.splice(0).map((fault) => `${path} ${fault}`));
    };
    for (const path of pages) {
      await page.goto(home + path);
      await screen.settle();
      await look(path);
    }
    const drawn = page.locator('[role=listitem]');
    for (const [path, title] of lists) {
      await page.goto(home + path);
      await page.getByRole('list', { name: title }).waitFor();
      const more = page.getByRole('button', { name: 'Показать ещё' });
      const first = await drawn.count();
      for (let press = 0; press < 3; press++) {
        await more.click();
        await expect.poll(() => more.isEnabled()).toBe(true);
      }
      await page.evaluate(() => {
        window.scrollTo(0, document.documentElement.scrollHeight);
      });
      await expect
        .poll(async () => Number(await drawn.last().getAttribute('data-index')), { message: path })
        .toBeGreaterThan(first + 100);
      expect(await drawn.count(), path).toBeLessThan(80);
      await look(path);
    }
    expect(found).toEqual([]);
    await screen.close();
  });

  it('can be worked with where the browser has no clipboard interface', async () => {
    const screen = await visit({ width: 1360, scheme: 'dark', language: 'ru' });
    const { page } = screen;
    await page.goto(`${home}/wizard?step=address`);
    await expect.poll(() => page.getByRole('textbox').first().inputValue()).toContain('/api/v4/kds/events');
    await page.getByRole('button', { name: 'Копировать' }).first().click();
    await page.getByRole('button', { name: 'Скопировано' }).first().waitFor();
    await page.goto(`${home}/events`);
    const field = page.getByLabel('Код ресторана');
    await field.focus();
    await page.keyboard.press('Control+V');
    await expect.poll(() => field.inputValue()).toContain('/api/v4/kds/events');
    await page.goto(`${home}/rules/order-stage.js`);
    await page.locator('.monaco-editor').first().waitFor();
    await page.getByText(/ошибок нет/).waitFor();
    expect(await screen.overflow()).toBe('');
    expect(screen.faults).toEqual([]);
    await screen.close();
  });
});
