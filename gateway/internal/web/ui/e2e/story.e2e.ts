import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Gateway, posting } from './gateway';
import { looks, openBrowser, Screen } from './screen';

const password = 'a long pass phrase 7';
const long = 'Очень длинное название ресторана на набережной "Волна" & сыновья <b>';
const payload = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>';
const guids = {
  first: 'A1D3E9B0-6C1F-4E2E-8B61-3F0C5D7E9A01',
  hostile: 'A1D3E9B0-6C1F-4E2E-8B61-3F0C5D7E9A02',
  phoneless: 'A1D3E9B0-6C1F-4E2E-8B61-3F0C5D7E9A03',
};

let gateway: Gateway;
let browser: Browser;
let desk: Screen;

beforeAll(async () => {
  gateway = await Gateway.start();
  browser = await openBrowser();
  desk = await Screen.open(browser, { width: 1360, scheme: 'light', language: 'ru' }, gateway.url);
});

afterAll(async () => {
  await browser?.close();
  await gateway?.remove();
});

describe('from the first start to the first text', () => {
  it('takes one visit of the wizard, at a simulator', async () => {
    const began = Date.now();
    const { page } = desk;
    await page.goto(gateway.setupLink);
    await page.getByLabel('Имя', { exact: true }).fill('Хозяйка');
    await page.getByLabel('Пароль', { exact: true }).fill(password);
    await desk.picture('setup');
    await page.getByRole('button', { name: 'Начать' }).click();

    await page.getByText('Шаг 2 из 5').waitFor();
    await desk.picture('wizard-provider');
    await page.getByRole('button', { name: /на симуляторе/ }).click();
    await page.getByRole('button', { name: 'Проверить баланс' }).click();
    await page.getByText('Баланс:').waitFor();
    await page.getByRole('button', { name: 'Сохранить' }).click();

    await page.getByText('Шаг 3 из 5').waitFor();
    await page.getByLabel('Ваш телефон').fill('8 999 000-00-01');
    await page.getByRole('button', { name: 'Отправить', exact: true }).click();
    await page.getByText('Пробное SMS отправлено.').waitFor();
    await desk.picture('wizard-test');
    await page.getByRole('button', { name: 'Дальше' }).click();

    await page.getByText('Шаг 4 из 5').waitFor();
    await expect.poll(() => page.getByRole('textbox').first().inputValue()).toBe(`${gateway.url}/api/v4/kds/events`);
    await desk.picture('wizard-address');
    await page.getByRole('button', { name: 'Дальше' }).click();

    await page.getByText('Слушаем…').waitFor();
    expect(await gateway.post(posting({ number: '12.1', guid: guids.first, stage: 'started', sequence: 1 }))).toMatch(
      /^200 .*stored/,
    );
    await page.getByText('Есть! Первое событие получено').waitFor();
    await desk.picture('wizard-event');

    await page.goto(`${gateway.url}/orders/${guids.first}`);
    await page.getByRole('button', { name: 'Записать телефон гостя' }).click();
    await page.getByLabel('Телефон', { exact: true }).fill('+7 999 000-00-02');
    await page.getByLabel(/Гость сам попросил/).check();
    await page.getByRole('button', { name: 'Записать', exact: true }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(await gateway.post(posting({ number: '12.1', guid: guids.first, stage: 'ready', sequence: 2 }))).toMatch(
      /^200 .*stored/,
    );
    await page
      .getByText(/Гость получил SMS|принято оператором/)
      .first()
      .waitFor({ timeout: 30_000 });
    console.log(`from the one-time link to the first text: ${((Date.now() - began) / 1000).toFixed(1)} s`);
    expect(desk.faults).toEqual([]);
  });
});

describe('the notifications page', () => {
  it('asks before unsaved changes are left, and saves what was changed', async () => {
    const { page } = desk;
    await page.goto(`${gateway.url}/notifications`);
    await page.getByLabel('Шаблон сообщения').fill('Заказ {order_number} ждёт вас');
    await page.getByText('Изменено: Шаблон сообщения').waitFor();
    await page.getByRole('link', { name: 'Сообщения' }).click();
    await page.getByRole('button', { name: 'Остаться' }).click();
    await page
      .getByRole('region', { name: 'Несохранённые изменения' })
      .getByRole('button', { name: 'Сохранить' })
      .click();
    await page.getByText('Изменено: Шаблон сообщения').waitFor({ state: 'hidden' });
    await page.reload();
    await expect.poll(() => page.getByLabel('Шаблон сообщения').inputValue()).toBe('Заказ {order_number} ждёт вас');
  });

  it('tells the second of two who save at once, and overwrites nothing', async () => {
    const other = await Screen.open(browser, desk.look, gateway.url, desk);
    await other.page.goto(`${gateway.url}/notifications`);
    await other.page.getByLabel('Шаблон сообщения').fill('Второй: {order_number}');
    await desk.page.getByLabel('Шаблон сообщения').fill('Первый: {order_number}');
    const save = (screen: Screen) =>
      screen.page
        .getByRole('region', { name: 'Несохранённые изменения' })
        .getByRole('button', { name: 'Сохранить' })
        .click();
    await save(desk);
    await desk.page.getByText('Изменено:').waitFor({ state: 'hidden' });
    await save(other);
    await other.page.getByRole('dialog', { name: /сохранил кто-то другой/ }).waitFor();
    await other.page.getByRole('button', { name: 'Показать чужие, свои отменить' }).click();
    await expect.poll(() => other.page.getByLabel('Шаблон сообщения').inputValue()).toBe('Первый: {order_number}');
    await other.close();
  });
});

describe('what guests and cashiers write', () => {
  it('never runs in the page', async () => {
    const { page } = desk;
    expect(
      await gateway.post(
        posting({
          number: payload,
          guid: guids.hostile,
          stage: 'ready',
          sequence: 3,
          dish: payload,
          table: payload,
          waiter: payload,
        }),
      ),
    ).toMatch(/^200/);
    await gateway.post('<a RestCode="199990777"><Order><img src=x onerror=window.pwned=1></a>');
    await gateway.post(posting({ number: '14.2', guid: guids.phoneless, stage: 'ready', sequence: 4, dish: long }));
    for (const path of ['/', '/orders', `/orders/${guids.hostile}`, '/messages', '/events', '/notifications']) {
      await page.goto(gateway.url + path);
      await desk.settle();
      expect(await page.evaluate(() => 'pwned' in window), path).toBe(false);
    }
  });
});

describe('a gateway that goes away', () => {
  it('is said so, and the page recovers by itself', async () => {
    const { page } = desk;
    await page.goto(`${gateway.url}/orders`);
    await desk.settle();
    const listen = gateway.url.replace('http://', '');
    await gateway.stop();
    await page.getByText('Orderbell не отвечает').first().waitFor({ timeout: 30_000 });
    await desk.picture('gone');
    gateway = await Gateway.start(gateway.data, listen);
    await page.getByText('Orderbell не отвечает').first().waitFor({ state: 'hidden', timeout: 30_000 });
    desk.faults.length = 0; // what the browser said about the silence
  });
});

/** Every page. */
const routes = [
  '/',
  '/orders',
  `/orders/${guids.first}`,
  `/orders/${guids.phoneless}`,
  '/messages',
  '/notifications',
  '/providers',
  '/providers?add=smsru',
  '/rules',
  '/rules/order-stage.js',
  '/restaurants',
  '/events',
  '/contacts',
  '/charts',
  '/audit',
  '/system',
  '/wizard?step=address',
  '/more',
  '/docs#list-messages',
  '/nowhere',
];

describe.each(looks)('every page at $width px, $scheme, $language', (look) => {
  it('has nothing that axe-core finds, no error in the console, and no sideways scroll', async () => {
    const screen = await Screen.open(browser, look, gateway.url, desk);
    const found: string[] = [];
    for (const path of routes) {
      await screen.page.goto(gateway.url + path);
      await screen.settle();
      for (const one of await screen.violations()) found.push(`${path} ${one}`);
      const over = await screen.overflow();
      if (over) found.push(`${path} is too wide by ${over}`);
      found.push(...screen.faults.splice(0).map((fault) => `${path} ${fault}`));
    }
    await screen.close();
    expect(found).toEqual([]);
  });

  it('shows the way in', async () => {
    const stranger = await Screen.open(browser, look, gateway.url);
    await stranger.page.goto(`${gateway.url}/messages?status=unknown`);
    await stranger.settle();
    await stranger.picture('login');
    expect([...(await stranger.violations()), await stranger.overflow(), ...stranger.faults].filter(Boolean)).toEqual(
      [],
    );
    await stranger.close();
  });
});
