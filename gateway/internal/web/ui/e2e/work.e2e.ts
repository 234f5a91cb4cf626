import { readFile } from 'node:fs/promises';
import type { Browser, Download } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Aggregator, type Mood } from './aggregator';
import { Gateway, posting } from './gateway';
import { type Look, openBrowser, Screen } from './screen';

const password = 'a long pass phrase 7';
const markup = '<img src=x onerror=pwned=1>';
const payload = `${markup}<script>window.pwned=1</script><svg/onload=window.pwned=1>`;
const key = 'CANARY-key-5555-6666';
const wide: Look = { width: 1360, scheme: 'light', language: 'ru' };
const code = '199990777';

/** The orders of this file, by what becomes of their texts. */
const orders = {
  taken: { number: '21.1', guid: 'B1D3E9B0-6C1F-4E2E-8B61-3F0C5D7E9A01', phone: '+79990002101' },
  cut: { number: '22.2', guid: 'B1D3E9B0-6C1F-4E2E-8B61-3F0C5D7E9A02', phone: '+79990002202' },
  waits: { number: '23.3', guid: 'B1D3E9B0-6C1F-4E2E-8B61-3F0C5D7E9A03', phone: '+79990002303' },
  refused: { number: '24.4', guid: 'B1D3E9B0-6C1F-4E2E-8B61-3F0C5D7E9A04', phone: '+79990002404' },
};
type Order = (typeof orders)['taken'];

let operator: Aggregator;
let gateway: Gateway;
let browser: Browser;
let desk: Screen;
let sequence = 0;

/** Makes a call as the one who is signed in at the desk. */
async function call<T>(method: string, path: string, data?: unknown): Promise<T> {
  const answer = await desk.context.request.fetch(`${gateway.url}/api/v1${path}`, { method, data });
  if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${await answer.text()}`);
  return answer.status() === 204 ? (undefined as T) : ((await answer.json()) as T);
}

interface Listed {
  id: string;
  status: string;
  order_number: string;
}

const messages = (query: string) => call<{ items: Listed[] }>('GET', `/messages?${query}`).then((page) => page.items);

async function bind(order: Order): Promise<void> {
  await call('POST', '/contacts', {
    order: { guid: order.guid },
    phone: order.phone,
    consent: {
      given: true,
      given_at: new Date().toISOString(),
      purpose: 'order_status_sms',
      policy_version: '1',
      source: 'qr',
    },
  });
}

const post = (order: { number: string; guid: string }, stage: 'started' | 'ready', dish?: string) =>
  gateway.post(posting({ number: order.number, guid: order.guid, stage, sequence: ++sequence, dish }));

/** Plays an order to "ready" while the operator is in a mood, and waits for what becomes of its text. */
async function play(order: Order, mood: Mood, status: string): Promise<void> {
  operator.mood = mood;
  const before = operator.heard.length;
  expect(await post(order, 'started')).toMatch(/^200 .*stored/);
  await bind(order);
  expect(await post(order, 'ready')).toMatch(/^200 .*stored/);
  await expect
    .poll(async () => {
      const all = await messages(`order=${order.number}`);
      return operator.heard.length > before ? all.map((one) => one.status).join() : '';
    })
    .toBe(status);
}

/** Goes to a page and waits until it shows what it has. */
async function open(path: string, at = desk): Promise<void> {
  await at.page.goto(gateway.url + path);
  await at.settle();
}

beforeAll(async () => {
  operator = await Aggregator.start(payload);
  gateway = await Gateway.start(undefined, undefined, { ORDERBELL_EGRESS_ALLOW: operator.host });
  browser = await openBrowser();
  desk = await Screen.open(browser, wide, gateway.url);
  await desk.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const { page } = desk;
  page.setDefaultTimeout(20_000);
  await page.goto(gateway.setupLink);
  await page.getByLabel('Имя', { exact: true }).fill('Хозяйка');
  await page.getByLabel('Пароль', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Начать' }).click();
  await page.getByText('Шаг 2 из 5').waitFor();
  await call('POST', '/accounts', {
    name: 'main',
    provider: 'http',
    settings: operator.settings(markup, key),
    limits: { per_second: 100, per_day: 1000, per_phone_per_day: 100 },
    revision: 0,
  });
  const places = await call<{ revision: number }>('GET', '/settings/restaurants');
  await call('PUT', '/settings/restaurants', {
    restaurants: [
      {
        code,
        name: payload.slice(0, 100),
        timezone: 'Europe/Moscow',
        intake_key: {},
        order_stage: 'least',
        order_number: 'orderName',
      },
    ],
    revision: places.revision,
  });
  const notify = await call<{ settings: object; revision: number }>('GET', '/settings/notifications');
  await call('PUT', '/settings/notifications', {
    settings: {
      ...notify.settings,
      enabled: true,
      route: ['main'],
      template: `Заказ {order_number} ${markup} {restaurant_name}`,
    },
    revision: notify.revision,
  });
});

afterAll(async () => {
  await browser?.close();
  await gateway?.remove();
  await operator?.stop();
});

describe('the messages page', () => {
  it('finds a message by status, by its order and by four digits', async () => {
    await play(orders.taken, 'takes', 'accepted');
    await play(orders.cut, 'hangs up', 'unknown');
    operator.always.set(orders.waits.number, 'is busy'); // it is tried again while others are played
    await play(orders.waits, 'is busy', 'queued');
    await play(orders.refused, 'refuses', 'rejected');
    const { page } = desk;
    const rows = () => page.getByRole('table', { name: 'Сообщения' }).locator('tbody tr:not([aria-hidden])');
    await open('/messages');
    await expect.poll(() => rows().count()).toBe(4);
    await page.getByRole('group', { name: 'Статус' }).getByText('неизвестно').click();
    await expect.poll(() => rows().count()).toBe(1);
    await rows().getByText('№ 22.2').waitFor();
    expect(new URL(page.url()).searchParams.get('status')).toBe('unknown');
    await page.getByRole('button', { name: 'Сбросить фильтры' }).click();
    await expect.poll(() => rows().count()).toBe(4);
    const search = page.getByLabel('Заказ, 4 цифры телефона, код');
    for (const [typed, number] of [
      ['23.3', '№ 23.3'],
      ['2404', '№ 24.4'],
    ] as const) {
      await search.fill(typed);
      await rows().getByText(number).waitFor();
      await expect.poll(() => rows().count()).toBe(1);
    }
    await search.fill('9999');
    await page.getByText('Ничего не подошло').waitFor();
    expect(desk.faults).toEqual([]);
  });

  it('cancels what waits, settles what nobody knows, and sends again', async () => {
    const { page } = desk;
    await open('/messages');
    const act = async (order: Order, name: string) => {
      await page
        .getByRole('button', { name: `Действия с сообщением заказа ${order.number}` })
        .first()
        .click();
      await page.getByRole('menuitem', { name }).click();
    };
    await act(orders.waits, 'Отменить отправку');
    const sure = page.getByRole('dialog', { name: 'Отменить отправку этого SMS?' });
    await sure.waitFor();
    expect((await messages('order=23.3'))[0]?.status).toBe('queued');
    await sure.getByRole('button', { name: 'Отменить отправку' }).click();
    await page.getByText('Отправка отменена').waitFor();
    await expect.poll(async () => (await messages('order=23.3'))[0]?.status).toBe('cancelled');

    await act(orders.cut, 'Решить, ушло ли SMS');
    await page.getByRole('button', { name: 'Считать отправленным' }).click();
    await expect.poll(async () => (await messages('order=22.2'))[0]?.status).toBe('accepted');
    await page.keyboard.press('Escape');

    operator.mood = 'takes';
    await act(orders.taken, 'Отправить ещё раз');
    await page.getByRole('dialog').getByRole('button', { name: 'Отправить ещё раз' }).click();
    await page.getByText('Поставлено в очередь').waitFor();
    await expect.poll(() => operator.heard.filter((text) => text.includes('21.1')).length).toBe(2);
    await expect
      .poll(async () => (await messages('order=21.1')).map((one) => one.status).join())
      .toBe('accepted,accepted');
    expect(desk.faults).toEqual([]);
  });

  it('shows what the provider answered, without the number and the key in it', async () => {
    const { page } = desk;
    const [refused] = await messages('order=24.4');
    await open(`/messages/${refused?.id}`);
    await page.getByText('Ответ провайдера').click();
    const answer = page.locator('details > :not(summary)');
    await expect.poll(() => answer.textContent()).toContain('"status":"error"');
    const text = await page.locator('main').textContent();
    expect(text).not.toContain('9990002404');
    expect(text).not.toContain(key);
    expect(text).toContain(markup); // as letters
    expect(desk.faults).toEqual([]);
  });
});

describe('the guests page', () => {
  it('withdraws a consent, silences a guest and lets him hear again, exports and erases', async () => {
    const { page } = desk;
    await open('/contacts');
    await page.getByLabel('4 цифры телефона или номер').fill('2303');
    await page.getByRole('link', { name: '+7999•••2303' }).click();
    await page.getByRole('button', { name: 'Отозвать согласие' }).click();
    await page.getByText('согласие отозвано').first().waitFor();
    await page.getByRole('button', { name: 'Больше не писать' }).click();
    await page.getByText('попросил гость').waitFor();
    await page.getByRole('button', { name: 'Снова можно писать' }).click();
    await page.getByText('попросил гость').waitFor({ state: 'hidden' });
    const [file] = (await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Выгрузить всё' }).click(),
    ])) as [Download, undefined];
    expect(await readFile(await file.path(), 'utf8')).toContain('+79990002303');
    await page.getByRole('button', { name: 'Стереть' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Стереть' }).click();
    await page.getByText('Гость стёрт').waitFor();
    await page.getByLabel('4 цифры телефона или номер').fill('2303');
    await page.getByText('Ничего не подошло').waitFor();
    await open('/messages?q=23.3');
    await page.getByText('номер удалён').first().waitFor();
    expect(desk.faults).toEqual([]);
  });
});

describe('the events page', () => {
  it('shows what was not understood as it came, and runs it again', async () => {
    const { page } = desk;
    await gateway.post(`<a RestCode="${code}"><Order>${payload} +7 999 000-24-04</a>`);
    await open('/events');
    await page.getByRole('group', { name: 'Состояние' }).getByText('не разобрано').click();
    await page.getByRole('link', { name: 'Не удалось понять' }).click();
    await page.getByRole('button', { name: 'Показать', exact: true }).click();
    const raw = page.locator('pre, code').filter({ hasText: 'RestCode' }).first();
    await raw.waitFor();
    expect(await raw.textContent()).toContain('window.pwned=1');
    expect(await raw.textContent()).not.toContain('000-24-04');
    await page.getByRole('button', { name: 'Обработать ещё раз' }).click();
    await page.getByText('Поставлено на обработку').waitFor();
    await expect
      .poll(async () => (await call<{ items: Listed[] }>('GET', '/events?status=quarantined,failed')).items.length)
      .toBe(1);
    expect(desk.faults).toEqual([]);
  });
});

const hostileRule = `rule({
  name: ${JSON.stringify(payload)},
  on: ["order.ready"],
  handle(change, ctx) {
    log(${JSON.stringify(payload)});
    return ctx.skip(${JSON.stringify(payload)});
  },
});
`;

describe('the rules page', () => {
  const editor = (at = desk) => at.page.locator('.monaco-editor').first();
  /** Replaces all that is in the editor, by a paste: the editor completes nothing then. */
  const write = async (text: string, at = desk) => {
    await editor(at).waitFor();
    await editor(at).click();
    await at.page.keyboard.press('Control+A');
    await at.page.evaluate((pasted) => navigator.clipboard.writeText(pasted), text);
    await at.page.keyboard.press('Control+V');
  };

  it('makes a rule, says what is wrong in the editor, tries it on a real event and compares before it is saved', async () => {
    const { page } = desk;
    await open('/rules');
    await page.getByRole('button', { name: 'Новое правило' }).click();
    await page.getByLabel('Имя файла').fill(markup);
    await page.getByText('Только строчные латинские буквы').waitFor();
    await page.getByLabel('Имя файла').fill('loud');
    await page.getByRole('button', { name: 'Создать' }).click();
    await page.waitForURL('**/rules/loud.js');

    await write('rule({ name: ');
    await page.getByText(/замечани/).waitFor();
    await page
      .getByText(/это не похоже на JavaScript/)
      .first()
      .waitFor();
    await write(hostileRule);
    await page.getByText(/ошибок нет/).waitFor();

    await page.getByRole('button', { name: 'Запустить' }).click();
    await page.getByText(payload).first().waitFor();

    const bar = page.getByRole('region', { name: 'Несохранённые изменения' });
    await bar.getByRole('button', { name: 'Сохранить' }).click();
    await page
      .getByRole('status')
      .filter({ hasText: /Ничего не изменилось бы|SMS/ })
      .waitFor();
    await page.getByRole('button', { name: 'Сохранить, пусть действует' }).click();
    await page.getByText('Сохранено, действует сразу').waitFor();
    await bar.waitFor({ state: 'hidden' });

    expect(desk.faults).toEqual([]);
  });

  it('tells the second of two who save at once, and overwrites nothing', async () => {
    const other = await Screen.open(browser, wide, gateway.url, desk);
    await other.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await open('/rules/loud.js');
    await open('/rules/loud.js', other);
    await write(`// first\n${hostileRule}`);
    await write(`// second\n${hostileRule}`, other);
    const save = async ({ page }: Screen) => {
      const bar = page.getByRole('region', { name: 'Несохранённые изменения' });
      await bar.getByRole('button', { name: 'Сохранить' }).click();
      await page.getByRole('button', { name: 'Сохранить, пусть действует' }).click();
    };
    await save(desk);
    await desk.page.getByText('Сохранено, действует сразу').waitFor();
    await save(other);
    await other.page.getByRole('dialog', { name: /сохранил кто-то другой/ }).waitFor();
    const kept = await call<{ source: string }>('GET', '/rules/loud.js');
    expect(kept.source.startsWith('// first')).toBe(true);
    await other.page.getByRole('button', { name: 'Показать чужие, свои отменить' }).click();
    await expect.poll(async () => (await editor(other).textContent())?.replaceAll('\u00a0', ' ')).toContain('// first');
    expect(other.faults).toEqual([]);
    await other.close();
  });

  it('shows versions and what differs, goes back to one, and deletes the file', async () => {
    const { page } = desk;
    await open('/rules/loud.js?tab=versions');
    const versions = await call<{ version: string; current: boolean }[]>('GET', '/rules/loud.js/versions');
    expect(versions.map((one) => one.current)).toEqual([true, false, false]);
    await page.getByRole('button', { name: 'Отличия' }).first().click();
    await page.locator('.monaco-diff-editor').waitFor();
    await page.getByRole('button', { name: 'Вернуть', exact: true }).first().click();
    await page.getByText('Версия возвращена и действует').waitFor();
    expect((await call<{ version: string }>('GET', '/rules/loud.js')).version).toBe(versions[1]?.version);

    await page.getByRole('button', { name: 'Удалить правило loud.js' }).click();
    await page.getByRole('button', { name: 'Удалить правило', exact: true }).click();
    await page.waitForURL('**/rules');
    await expect
      .poll(async () => (await call<{ name: string }[]>('GET', '/rules')).map((one) => one.name))
      .not.toContain('loud.js');
    expect(desk.faults).toEqual([]);
  });
});

describe('what operators, admins and rule authors write', () => {
  it('never runs on any page that shows it, and breaks no policy of the page', async () => {
    // The rule of that name speaks once more, in decisions that are shown.
    await call('PUT', '/rules/hostile.js', { source: hostileRule, base: '' });
    await expect(
      call('PUT', `/rules/${encodeURIComponent('<b>.js')}`, { source: hostileRule, base: '' }),
    ).rejects.toThrow('422');
    await expect(
      call('POST', '/accounts', { name: markup, provider: 'http', settings: {}, limits: {}, revision: 0 }),
    ).rejects.toThrow('422');
    await expect(call('POST', '/users', { name: markup, password, role: 'viewer', language: 'ru' })).rejects.toThrow(
      '422',
    );
    await expect(call('POST', '/session', { name: markup, password })).rejects.toThrow('401'); // the audit log has it
    const last = { number: payload.slice(0, 60), guid: 'B1D3E9B0-6C1F-4E2E-8B61-3F0C5D7E9A05', phone: '+79990002505' };
    operator.mood = 'refuses';
    await post(last, 'started', payload);
    await bind(last);
    await post(last, 'ready', payload);
    await expect.poll(async () => (await messages('phone=2505')).map((one) => one.status).join()).toBe('rejected');
    const [message] = await messages('phone=2505');
    const [event] = (await call<{ items: Listed[] }>('GET', '/events')).items;
    const [guest] = (await call<{ items: Listed[] }>('GET', '/contacts?phone=2505')).items;
    const paths = [
      '/',
      '/orders',
      `/orders/${last.guid}`,
      '/messages',
      `/messages/${message?.id}`,
      '/contacts',
      `/contacts/${guest?.id}`,
      '/events',
      `/events/${event?.id}`,
      '/rules',
      '/rules/hostile.js',
      '/notifications',
      '/providers',
      '/providers?edit=main',
      '/restaurants',
      '/charts?by=restaurant',
      '/audit',
      '/system',
      '/wizard',
      '/docs',
    ];
    const found: string[] = [];
    for (const path of paths) {
      await open(path);
      const ran = await desk.page.evaluate(() => 'pwned' in window || document.querySelector('img[onerror]') !== null);
      if (ran) found.push(`${path} ran it`);
      found.push(...desk.faults.splice(0).map((fault) => `${path} ${fault}`));
    }
    expect(found).toEqual([]);
    await open(`/messages/${message?.id}`);
    expect(await desk.page.locator('main').textContent()).toContain(markup);
  });
});
