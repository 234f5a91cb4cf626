import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Gateway, posting, root } from './gateway';
import { type Look, openBrowser, Screen } from './screen';

// The pictures of the documentation, of an ordinary lunch. They are taken only where somebody asks for them.
const wanted = Boolean(process.env.ORDERBELL_SCREENS);

const looks: Look[] = [
  ...(['light', 'dark'] as const).flatMap((scheme) =>
    (['ru', 'en'] as const).map((language) => ({ width: 1360, scheme, language }) as const),
  ),
  { width: 390, scheme: 'light', language: 'ru' },
  { width: 390, scheme: 'dark', language: 'en' },
];

const dishes = ['Борщ', 'Пельмени с олениной', 'Уха', 'Сырники', 'Паста с грибами', 'Котлета по-киевски'];
const guests = 16;
/** These left no phone. */
const phoneless = new Set([4, 11]);
const guidOf = (n: number) => `A1D3E9B0-6C1F-4E2E-8B61-${String(n).padStart(12, '0')}`;

let gateway: Gateway;
let browser: Browser;
let desk: Screen;
let message = '';
let event = '';
let contact = '';

/** A call of the API, by the session of the page. */
const call = (method: string, path: string, body?: unknown): Promise<Record<string, never>> =>
  desk.page.evaluate(
    async ([how, where, sent]) => {
      const answer = await fetch(`/api/v1${where}`, {
        method: how as string,
        headers: { 'Content-Type': 'application/json' },
        body: sent as string | undefined,
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${how} ${where}: ${answer.status} ${text}`);
      return text ? JSON.parse(text) : {};
    },
    [method, path, body === undefined ? undefined : JSON.stringify(body)],
  );

const post = async (n: number, stage: 'sent' | 'started' | 'ready' | 'taken', sequence: number) =>
  expect(
    await gateway.post(
      posting({
        number: `${n}.1`,
        guid: guidOf(n),
        stage,
        sequence,
        dish: dishes[n % dishes.length],
        table: String(10 + n),
        waiter: 'Официант',
      }),
    ),
  ).toMatch(/^200/);

beforeAll(async () => {
  if (!wanted) return;
  gateway = await Gateway.start();
  browser = await openBrowser();
  desk = await Screen.open(browser, looks[0] as Look, gateway.url);
  const { page } = desk;
  await page.goto(gateway.setupLink);
  await page.getByLabel('Имя', { exact: true }).fill('Хозяйка');
  await page.getByLabel('Пароль', { exact: true }).fill('a long pass phrase 7');
  await page.getByRole('button', { name: 'Начать' }).click();
  await page.getByText('Шаг 2 из 5').waitFor();
  await page.getByRole('button', { name: /на симуляторе/ }).click();
  await page.getByRole('button', { name: 'Проверить баланс' }).click();
  await page.getByText('Баланс:').waitFor();
  await page.getByRole('button', { name: 'Сохранить' }).click();
  await page.getByText('Шаг 3 из 5').waitFor();
  const places = (await call('GET', '/settings/restaurants')) as unknown as { revision: number };
  await call('PUT', '/settings/restaurants', {
    revision: places.revision,
    restaurants: [
      {
        code: '*',
        name: 'Кафе «Пример»',
        timezone: 'Europe/Moscow',
        order_stage: 'least',
        order_number: 'orderName',
        intake_key: { set: false },
      },
    ],
  });
  let sequence = 1;
  for (let n = 1; n <= guests; n++) await post(n, 'started', sequence++);
  for (let n = 1; n <= guests; n++) {
    if (phoneless.has(n)) continue;
    await call('POST', '/contacts', {
      order: { guid: guidOf(n) },
      phone: `+7 999 000-00-${String(n).padStart(2, '0')}`,
      restaurant_code: '199990777',
      consent: { given: true, purpose: 'order-ready', source: 'staff' },
    });
  }
  for (let n = 1; n <= guests - 3; n++) await post(n, 'ready', sequence++);
  for (let n = 1; n <= 6; n++) await post(n, 'taken', sequence++);
  const listed = async (path: string) => ((await call('GET', path)) as unknown as { items: { id: string }[] }).items;
  await vi.waitFor(async () => expect((await listed('/messages?status=delivered')).length).toBeGreaterThan(9), {
    timeout: 60_000,
    interval: 500,
  });
  const accounts = (await call('GET', '/accounts')) as unknown as { name: string }[];
  await call('POST', `/accounts/${accounts[0]?.name}/balance`);
  message = (await listed('/messages?status=delivered'))[0]?.id ?? '';
  event = (await listed('/events'))[8]?.id ?? '';
  contact = (await listed('/contacts')).at(-1)?.id ?? '';
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await gateway?.remove();
});

/** Has the rule tried on an event, where there is room for the editor. */
async function tried({ page, look }: Screen): Promise<void> {
  if (look.width === 390) return;
  await page.locator('.monaco-editor .view-line').first().waitFor({ timeout: 30_000 });
  await page.getByRole('button', { name: look.language === 'ru' ? 'Запустить' : 'Run', exact: true }).click();
  await page.waitForTimeout(1000);
}

describe.skipIf(!wanted)('the pictures of the documentation', () => {
  it.each(looks)('are taken at $width px, $scheme, $language', async (look) => {
    const pages: [name: string, path: string][] = [
      ['today', '/'],
      ['orders', '/orders'],
      ['order', `/orders/${guidOf(3)}`],
      ['order-without-text', `/orders/${guidOf(4)}`],
      ['messages', '/messages'],
      ['message', `/messages/${message}`],
      ['notifications', '/notifications'],
      ['providers', '/providers'],
      ['provider-add', '/providers?add=smsru'],
      ['rules', '/rules'],
      ['restaurants', '/restaurants'],
      ['events', '/events'],
      ['event', `/events/${event}`],
      ['contacts', '/contacts'],
      ['contact', `/contacts/${contact}`],
      ['charts', '/charts'],
      ['audit', '/audit'],
      ['system', '/system'],
      ['more', '/more'],
      ['docs', '/docs'],
    ];
    const screen = await Screen.open(browser, look, gateway.url, desk);
    for (const [name, path] of pages) {
      await screen.page.goto(gateway.url + path);
      await screen.settle();
      if (name === 'rules') await tried(screen);
      await screen.page.waitForTimeout(300);
      await screen.picture(name, { [gateway.data]: '/var/lib/orderbell', [root]: '/usr/lib/orderbell' });
    }
    await screen.close();
  });
});
