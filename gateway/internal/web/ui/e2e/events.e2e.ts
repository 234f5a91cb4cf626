import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { code, type Listed, payload, Work } from './work';

let work: Work;

beforeAll(async () => {
  work = await Work.start();
});

afterAll(() => work?.end());

describe('the events page', () => {
  it('shows what was not understood as it came, and runs it again', async () => {
    const { page } = work.desk;
    await work.gateway.post(`<a RestCode="${code}"><Order>${payload} +7 999 000-24-04</a>`);
    await work.open('/events');
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
      .poll(async () => (await work.call<{ items: Listed[] }>('GET', '/events?status=quarantined,failed')).items.length)
      .toBe(1);
    expect(work.desk.faults).toEqual([]);
  });
});
