import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { age, buildAge } from './age';
import { Gateway, posting } from './gateway';
import { openBrowser, Screen } from './screen';
import { signIn, stranger } from './stranger';
import { totpCode } from './totp';

const owner = { name: 'Хозяйка', password: 'a long pass phrase 7' };

let gateway: Gateway;
let browser: Browser;
let desk: Screen;
let page: Page;
/** What must never be seen again once it was shown. */
const secrets: string[] = [owner.password];

beforeAll(async () => {
  [gateway, browser] = await Promise.all([Gateway.start(), openBrowser(), buildAge()]);
  desk = await Screen.open(browser, { width: 1360, scheme: 'light', language: 'ru' }, gateway.url);
  page = desk.page;
  page.setDefaultTimeout(20_000);
});

afterAll(async () => {
  await browser?.close();
  await gateway?.remove();
});

/** What the API says to who sits at the desk. */
// biome-ignore lint/suspicious/noExplicitAny: each test knows what it asked for
async function says(path: string): Promise<any> {
  return (await desk.context.request.get(`${gateway.url}/api/v1${path}`)).json();
}

/** Stops the gateway, does something to its folder, and starts it again at the same place. */
async function restarted(meanwhile: () => Promise<void>): Promise<void> {
  const listen = gateway.url.replace('http://', '');
  await gateway.stop();
  await meanwhile();
  gateway = await Gateway.start(gateway.data, listen);
  await page.getByText('Orderbell не отвечает').first().waitFor({ state: 'hidden', timeout: 30_000 });
}

describe('the wizard', () => {
  const pasted = [
    'SMS-агрегатор: SMS.RU',
    'Токен API: CANARY-TOKEN-1',
    'Имя отправителя: CAFE',
    'Статус (KDS): (4) Забрано',
    'Шаблон сообщения: Ваш {order_number}',
    'Название ресторана: Волна',
  ].join('\n');

  it('saves the settings of the old module when they were seen, and not before', async () => {
    await page.goto(gateway.setupLink);
    await page.getByLabel('Имя', { exact: true }).fill(owner.name);
    await page.getByLabel('Пароль', { exact: true }).fill(owner.password);
    await page.getByRole('button', { name: 'Начать' }).click();
    await page.getByText('Шаг 2 из 5').waitFor();
    await page.getByRole('button', { name: 'Перенести настройки старого модуля' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').fill(pasted);
    await dialog.getByRole('button', { name: 'Прочитать' }).click();
    await dialog.getByText('Понято: статус (KDS)').waitFor();
    await dialog.getByText('Название «Волна» получит ресторан с любым кодом.').waitFor();
    expect((await says('/settings/notifications')).revision).toBe(0);

    // Somebody else saves meanwhile: that is said beside the import, and nothing is overwritten.
    const theirs = await says('/settings/notifications');
    theirs.settings.expires = '7m';
    await desk.context.request.put(`${gateway.url}/api/v1/settings/notifications`, {
      data: { settings: theirs.settings, revision: 0 },
    });
    await dialog.getByRole('button', { name: 'Сохранить и продолжить' }).click();
    await dialog.getByText(/^stale/).waitFor();
    expect((await says('/settings/notifications')).settings.template).not.toBe('Ваш {order_number}');

    await dialog.getByRole('button', { name: 'Прочитать' }).click();
    await dialog.getByText(/^stale/).waitFor({ state: 'hidden' });
    await dialog.getByRole('button', { name: 'Сохранить и продолжить' }).click();
    await dialog.waitFor({ state: 'hidden' });
    const { settings } = await says('/settings/notifications');
    expect(settings).toMatchObject({ template: 'Ваш {order_number}', stage: 'kdsOut', expires: '7m' });
    expect((await says('/settings/restaurants')).restaurants).toMatchObject([{ code: '*', name: 'Волна' }]);
    await expect.poll(() => page.getByLabel(/Имя отправителя/).inputValue()).toBe('CAFE');
    secrets.push('CANARY-TOKEN-1');
  });

  it('tries any provider that has a simulator', async () => {
    await page.getByRole('combobox', { name: 'Симулятор' }).click();
    await page.getByRole('option', { name: /SMSC/ }).click();
    await page.getByRole('button', { name: /на симуляторе/ }).click();
    await expect.poll(() => page.getByRole('combobox', { name: 'Провайдер' }).inputValue()).toMatch(/SMSC/);
    await page.getByRole('button', { name: 'Сохранить', exact: true }).click();
    await page.getByText('Шаг 3 из 5').waitFor();
    expect(await says('/accounts')).toMatchObject([{ provider: 'smsc' }]);
    await page.getByLabel('Ваш телефон').fill('8 999 000-00-01');
    await page.getByRole('button', { name: 'Отправить', exact: true }).click();
    await page.getByText('Пробное SMS отправлено.').waitFor();
  });

  it('has the same on the page of providers', async () => {
    await page.goto(`${gateway.url}/providers`);
    await page.getByRole('button', { name: /Попробовать SMS Aero на симуляторе/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Сохранить', exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(await says('/accounts')).toMatchObject([{ provider: 'smsc' }, { provider: 'smsaero' }]);
    await expect.poll(() => page.getByText('Симулятор: тексты никому не уходят').count()).toBe(2);
  });
});

describe('the language', () => {
  it('is the account’s in the next browser, and the browser’s own until somebody signs in', async () => {
    await page.goto(`${gateway.url}/system`);
    await page.getByRole('button', { name: /^RU/ }).click();
    await page.getByRole('heading', { name: 'System', level: 1 }).waitFor();
    await expect.poll(async () => (await says('/session')).language).toBe('en');
    const other = await stranger(browser, gateway.url);
    await other.page.getByRole('heading', { name: 'Вход' }).waitFor();
    await signIn(other.page, owner);
    await other.page.getByRole('heading', { name: 'Today', level: 1 }).waitFor();
    await other.context.close();
    await page.getByRole('button', { name: /^EN/ }).click();
    await expect.poll(async () => (await says('/session')).language).toBe('ru');
  });
});

describe('users', () => {
  const cook = { name: 'Повар', password: 'an even longer phrase 8' };
  const row = () =>
    page.locator('.mantine-Paper-root').filter({ has: page.getByLabel(`Роль пользователя ${cook.name}`) });
  const enter = (password: string) =>
    fetch(`${gateway.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ name: cook.name, password }),
    });

  it('are added, get a role and a new password, are locked out and let in, and go after a question', async () => {
    await page.goto(`${gateway.url}/system`);
    await page.getByRole('button', { name: 'Добавить пользователя' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Имя', { exact: true }).fill(cook.name);
    await dialog.getByLabel('Пароль', { exact: true }).fill('short');
    await dialog.getByRole('button', { name: 'Добавить пользователя' }).click();
    await dialog
      .getByText(/Нужно не меньше 10 знаков/)
      .first()
      .waitFor();
    await dialog.getByLabel('Пароль', { exact: true }).fill(cook.password);
    await dialog.getByRole('button', { name: 'Добавить пользователя' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect((await enter(cook.password)).status).toBe(200);

    await page.getByRole('combobox', { name: `Роль пользователя ${cook.name}` }).click();
    await page.getByRole('option', { name: 'наблюдатель' }).click();
    await expect
      .poll(async () => (await says('/users')).items.find((one: { name: string }) => one.name === cook.name).role)
      .toBe('viewer');

    await row().getByRole('button', { name: 'Новый пароль' }).click();
    await page.getByRole('dialog').getByLabel('Новый пароль', { exact: true }).fill('yet another phrase 9');
    await page.getByRole('dialog').getByRole('button', { name: 'Сохранить' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect((await enter(cook.password)).status).toBe(401);

    const other = await stranger(browser, gateway.url);
    await signIn(other.page, { name: cook.name, password: 'yet another phrase 9' });
    await other.page.getByRole('heading', { name: 'Сегодня', level: 1 }).waitFor();
    await row().getByRole('button', { name: 'Закрыть вход' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Закрыть вход' }).click();
    await row().getByText('вход закрыт').waitFor();
    await other.page.reload();
    await signIn(other.page, { name: cook.name, password: 'yet another phrase 9' });
    await other.page.getByText('владелец закрыл вам вход').waitFor();
    await row().getByRole('button', { name: 'Открыть вход' }).click();
    await row().getByRole('button', { name: 'Закрыть вход' }).waitFor();
    await other.page.getByRole('button', { name: 'Войти' }).click();
    await other.page.getByRole('heading', { name: 'Сегодня', level: 1 }).waitFor();
    await other.context.close();

    await row().getByRole('button', { name: 'Удалить' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Отмена' }).click();
    await row().getByRole('button', { name: 'Удалить' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Удалить' }).click();
    await row().waitFor({ state: 'hidden' });
    expect((await enter('yet another phrase 9')).status).toBe(401);
    secrets.push(cook.password, 'yet another phrase 9');
  });

  it('have an owner for ever, and who tried otherwise is in the audit log', async () => {
    await page.goto(`${gateway.url}/system`);
    await page.getByRole('combobox', { name: `Роль пользователя ${owner.name}` }).click();
    await page.getByRole('option', { name: 'наблюдатель' }).click();
    await page.getByText('Сначала сделайте владельцем кого-то ещё.').waitFor();
    await page.goto(`${gateway.url}/audit?action=user.change`);
    await page.getByText('отказано: последний владелец').waitFor();
  });
});

describe('an API key', () => {
  it('is shown once, opens what it is for, and nothing after it was revoked', async () => {
    await page.goto(`${gateway.url}/system`);
    await page.getByRole('button', { name: 'Создать ключ' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Для чего').fill('qr');
    await dialog.getByRole('button', { name: 'Создать ключ' }).click();
    await dialog.getByText('больше ключ не покажем').waitFor();
    const key = await dialog.getByRole('textbox').first().inputValue();
    expect(key).toMatch(/^ob_/);
    secrets.push(key);
    await page.keyboard.press('Escape');
    const bind = () =>
      fetch(`${gateway.url}/api/v1/contacts`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${key}` },
        body: JSON.stringify({
          restaurant_code: '7',
          order: { number: '12.1' },
          phone: '+79990000003',
          consent: { given: true, purpose: 'order_status_sms' },
        }),
      });
    expect((await bind()).status).toBe(201);
    expect((await fetch(`${gateway.url}/api/v1/users`, { headers: { Authorization: `Bearer ${key}` } })).status).toBe(
      403,
    );
    await page.getByRole('button', { name: 'Отозвать' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Отозвать' }).click();
    await page.getByText('отозван').waitFor();
    expect((await bind()).status).toBe(401);
  });
});

describe('the second factor', () => {
  it('is proved by a code, asked for at the sign-in, replaced by a recovery code, and switched off', async () => {
    await page.goto(`${gateway.url}/system`);
    await page.getByRole('button', { name: 'Включить второй фактор' }).click();
    const dialog = page.getByRole('dialog');
    const secret = (await dialog.getByText(/^[A-Z2-7]{32}$/).textContent()) ?? '';
    await dialog.getByLabel('Код из приложения').fill('000000');
    await dialog.getByRole('button', { name: 'Подтвердить' }).click();
    await dialog.getByText(/Введите новый код/).waitFor();
    await dialog.getByLabel('Код из приложения').fill(totpCode(secret));
    await dialog.getByRole('button', { name: 'Подтвердить' }).click();
    const codes = ((await dialog.getByText(/^(\w{4}-){3}\w{4}\s/).textContent()) ?? '').split(/\s+/);
    expect(codes).toHaveLength(10);
    secrets.push(secret, ...codes);
    await page.keyboard.press('Escape');

    const other = await stranger(browser, gateway.url);
    await signIn(other.page, owner);
    await other.page.getByText('Пароль верен. Введите код из приложения.').waitFor();
    await other.page.getByLabel('Код из приложения').fill(totpCode(secret, 1)); // no code serves twice
    await other.page.getByRole('button', { name: 'Войти' }).click();
    await other.page.getByRole('heading', { name: 'Сегодня', level: 1 }).waitFor();
    await other.page.getByRole('button', { name: /Хозяйка/ }).click();
    await other.page.getByRole('menuitem', { name: 'Выйти' }).click();
    await other.page.getByRole('heading', { name: 'Вход' }).waitFor();
    await signIn(other.page, owner);
    await other.page.getByLabel('Код из приложения').fill(codes[0] as string);
    await other.page.getByRole('button', { name: 'Войти' }).click();
    await other.page.getByRole('heading', { name: 'Сегодня', level: 1 }).waitFor();
    await other.context.close();
    expect((await says('/totp')).recovery_codes).toBe(9);

    await page.getByRole('button', { name: 'Выключить второй фактор' }).click();
    await dialog.getByLabel('Пароль', { exact: true }).fill(owner.password);
    await dialog.getByRole('button', { name: 'Выключить второй фактор' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect((await says('/session')).totp).toBe(false);
  });
});

describe('an intake key', () => {
  it('is shown once; after it was replaced the old address is refused and the new one taken', async () => {
    const make = async (button: string): Promise<string> => {
      await page.getByRole('button', { name: button }).click();
      const address = await page.getByRole('dialog').getByRole('textbox').first().inputValue();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      secrets.push(/\/k\/([^/]+)\//.exec(address)?.[1] ?? 'no key');
      return address;
    };
    const post = async (address: string, sequence: number) =>
      (
        await fetch(address, {
          method: 'POST',
          headers: { 'Content-Type': 'text/xml' },
          body: posting({ number: '3.1', guid: 'A1D3E9B0-6C1F-4E2E-8B61-3F0C5D7E9A09', stage: 'started', sequence }),
        })
      ).status;
    await page.goto(`${gateway.url}/restaurants`);
    const first = await make('Создать ключ адреса');
    expect(await post(first, 11)).toBe(200);
    const second = await make('Заменить ключ адреса');
    expect(await post(first, 12)).toBe(403);
    expect(await post(second, 13)).toBe(200);
    // The restaurant of any code has heard of what no other restaurant has.
    await expect.poll(async () => (await says('/settings/restaurants')).restaurants[0].last_event).toBeTruthy();
    await page.reload();
    await page.getByText('Последнее событие').waitFor();
  });
});

describe('a dangerous act', () => {
  it('wants the password again once five minutes have gone, and then goes on by itself', async () => {
    await page.goto(`${gateway.url}/system`);
    await restarted(() => age(gateway.data, 'confirmed', '6m'));
    await page.getByRole('button', { name: 'Создать ключ' }).click();
    await page.getByLabel('Для чего').fill('later');
    await page.getByRole('dialog').getByRole('button', { name: 'Создать ключ' }).click();
    const again = page.getByRole('dialog', { name: 'Введите пароль ещё раз' });
    await again.getByLabel('Пароль', { exact: true }).fill('not the password');
    await again.getByRole('button', { name: 'Подтвердить' }).click();
    await again.getByText(/Это не ваш нынешний пароль/).waitFor();
    await again.getByLabel('Пароль', { exact: true }).fill(owner.password);
    await again.getByRole('button', { name: 'Подтвердить' }).click();
    await page.getByText('больше ключ не покажем').waitFor();
    secrets.push(await page.getByRole('dialog').getByRole('textbox').first().inputValue());
    await page.keyboard.press('Escape');
  });
});

describe('a session that ends while somebody types', () => {
  it('is asked for again above the page, and what was typed is saved afterwards', async () => {
    await page.goto(`${gateway.url}/notifications`);
    await page.getByLabel('Шаблон сообщения').fill('Набрано до конца сеанса: {order_number}');
    await restarted(() => age(gateway.data, 'seen', '13h'));
    const again = page.getByRole('dialog', { name: 'Войдите ещё раз' });
    await again.waitFor();
    await again.getByLabel('Пароль', { exact: true }).fill(owner.password);
    await again.getByRole('button', { name: 'Войти' }).click();
    await again.waitFor({ state: 'hidden' });
    expect(await page.getByLabel('Шаблон сообщения').inputValue()).toBe('Набрано до конца сеанса: {order_number}');
    await page
      .getByRole('region', { name: 'Несохранённые изменения' })
      .getByRole('button', { name: 'Сохранить' })
      .click();
    await page.getByText('Изменено:').waitFor({ state: 'hidden' });
    expect((await says('/settings/notifications')).settings.template).toBe('Набрано до конца сеанса: {order_number}');
  });
});

describe('who guesses passwords', () => {
  it('is told how long to wait, in words', async () => {
    const other = await stranger(browser, gateway.url);
    for (let tries = 0; tries < 6; tries++) {
      await signIn(other.page, { name: 'Гадалка', password: `guess number ${tries}` });
      await expect.poll(() => other.page.getByRole('button', { name: 'Войти' }).isEnabled()).toBe(true);
      await other.page.getByRole('alert').waitFor();
    }
    await other.page.getByText(/Подождите \d минут/).waitFor();
    await other.context.close();
  });
});

describe('the audit log', () => {
  it('tells in words what was changed, and is sound', async () => {
    await page.goto(`${gateway.url}/audit`);
    await desk.settle();
    const shown = await page.locator('main').textContent();
    expect(shown).toContain('Шаблон сообщения');
    expect(shown).toContain('Набрано до конца сеанса: {order_number}');
    expect(shown).toContain('Ключ адреса');
    await page.getByRole('button', { name: 'Проверить целостность' }).click();
    await page.getByText(/Журнал цел: проверен/).waitFor();
    const roles = (await says('/audit?action=user.change')).items.flatMap(
      (one: { changes?: unknown[] }) => one.changes,
    );
    expect(roles).toContainEqual({ field: 'role', old: 'operator', new: 'viewer' });
  });
});

describe('secrets', () => {
  it('are nowhere in the pages after a reload', async () => {
    expect(secrets.length).toBeGreaterThan(15);
    const found: string[] = [];
    for (const path of ['/system', '/audit', '/restaurants', '/providers', '/notifications']) {
      await page.goto(gateway.url + path);
      await desk.settle();
      const all = await page.evaluate(() =>
        [
          document.documentElement.outerHTML,
          ...[...document.querySelectorAll('input, textarea')].map((one) => (one as HTMLInputElement).value),
          JSON.stringify({ ...localStorage }),
          JSON.stringify({ ...sessionStorage }),
          location.href,
        ].join('\n'),
      );
      for (const [index, secret] of secrets.entries()) if (all.includes(secret)) found.push(`${path}: secret ${index}`);
    }
    for (const [index, secret] of secrets.entries()) if (gateway.log().includes(secret)) found.push(`log: ${index}`);
    expect(found).toEqual([]);
    desk.faults.splice(0, desk.faults.length, ...desk.faults.filter((one) => !/ERR_CONNECTION_REFUSED/.test(one)));
    expect(desk.faults).toEqual([]);
  });
});
