import { readFile } from 'node:fs/promises';
import type { Download } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { key, markup, type Order, Work } from './work';

/** The orders of this file, by what becomes of their texts. */
const orders = {
  taken: { number: '21.1', guid: 'B1D3E9B0-6C1F-4E2E-8B61-3F0C5D7E9A01', phone: '+79990002101' },
  cut: { number: '22.2', guid: 'B1D3E9B0-6C1F-4E2E-8B61-3F0C5D7E9A02', phone: '+79990002202' },
  waits: { number: '23.3', guid: 'B1D3E9B0-6C1F-4E2E-8B61-3F0C5D7E9A03', phone: '+79990002303' },
  refused: { number: '24.4', guid: 'B1D3E9B0-6C1F-4E2E-8B61-3F0C5D7E9A04', phone: '+79990002404' },
};

let work: Work;

beforeAll(async () => {
  work = await Work.start();
});

afterAll(() => work?.end());

describe('the messages page', () => {
  it('finds a message by status, by its order and by four digits', async () => {
    await work.play(orders.taken, 'takes', 'accepted');
    await work.play(orders.cut, 'hangs up', 'unknown');
    work.operator.always.set(orders.waits.number, 'is busy'); // it is tried again while others are played
    await work.play(orders.waits, 'is busy', 'queued');
    await work.play(orders.refused, 'refuses', 'rejected');
    const { page } = work.desk;
    const rows = () => page.getByRole('table', { name: 'Сообщения' }).locator('tbody tr:not([aria-hidden])');
    await work.open('/messages');
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
    expect(work.desk.faults).toEqual([]);
  });

  it('cancels what waits, settles what nobody knows, and sends again', async () => {
    const { page } = work.desk;
    await work.open('/messages');
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
    expect((await work.messages('order=23.3'))[0]?.status).toBe('queued');
    await sure.getByRole('button', { name: 'Отменить отправку' }).click();
    await page.getByText('Отправка отменена').waitFor();
    await expect.poll(async () => (await work.messages('order=23.3'))[0]?.status).toBe('cancelled');

    await act(orders.cut, 'Решить, ушло ли SMS');
    await page.getByRole('button', { name: 'Считать отправленным' }).click();
    await expect.poll(async () => (await work.messages('order=22.2'))[0]?.status).toBe('accepted');
    await page.keyboard.press('Escape');

    work.operator.mood = 'takes';
    await act(orders.taken, 'Отправить ещё раз');
    await page.getByRole('dialog').getByRole('button', { name: 'Отправить ещё раз' }).click();
    await page.getByText('Поставлено в очередь').waitFor();
    await expect.poll(() => work.operator.heard.filter((text) => text.includes('21.1')).length).toBe(2);
    await expect
      .poll(async () => (await work.messages('order=21.1')).map((one) => one.status).join())
      .toBe('accepted,accepted');
    expect(work.desk.faults).toEqual([]);
  });

  it('shows what the provider answered, without the number and the key in it', async () => {
    const { page } = work.desk;
    const [refused] = await work.messages('order=24.4');
    await work.open(`/messages/${refused?.id}`);
    await page.getByText('Ответ провайдера').click();
    const answer = page.locator('details > :not(summary)');
    await expect.poll(() => answer.textContent()).toContain('"status":"error"');
    const text = await page.locator('main').textContent();
    expect(text).not.toContain('9990002404');
    expect(text).not.toContain(key);
    expect(text).toContain(markup); // as letters
    expect(work.desk.faults).toEqual([]);
  });
});

describe('the guests page', () => {
  it('withdraws a consent, silences a guest and lets him hear again, exports and erases', async () => {
    const { page } = work.desk;
    await work.open('/contacts');
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
    await work.open('/messages?q=23.3');
    await page.getByText('номер удалён').first().waitFor();
    expect(work.desk.faults).toEqual([]);
  });
});
