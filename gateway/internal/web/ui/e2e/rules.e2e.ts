import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Screen } from './screen';
import { hostileRule, markup, payload, Work, wide } from './work';

let work: Work;

beforeAll(async () => {
  work = await Work.start();
  const order = { number: '21.1', guid: 'B1D3E9B0-6C1F-4E2E-8B61-3F0C5D7E9A01', phone: '+79990002101' };
  await work.play(order, 'takes', 'accepted'); // what the rule is tried on
});

afterAll(() => work?.end());

describe('the rules page', () => {
  const editor = (at = work.desk) => at.page.locator('.monaco-editor').first();
  /** Replaces all that is in the editor, by a paste: the editor completes nothing then. */
  const write = async (text: string, at = work.desk) => {
    await editor(at).waitFor();
    await editor(at).click();
    await at.page.keyboard.press('Control+A');
    await at.page.evaluate((pasted) => navigator.clipboard.writeText(pasted), text);
    await at.page.keyboard.press('Control+V');
  };

  it('makes a rule, says what is wrong in the editor, tries it on a real event and compares before it is saved', async () => {
    const { page } = work.desk;
    await work.open('/rules');
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

    expect(work.desk.faults).toEqual([]);
  });

  it('tells the second of two who save at once, and overwrites nothing', async () => {
    const other = await Screen.open(work.browser, wide, work.gateway.url, work.desk);
    await other.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await work.open('/rules/loud.js');
    await work.open('/rules/loud.js', other);
    await write(`// first\n${hostileRule}`);
    await write(`// second\n${hostileRule}`, other);
    const save = async ({ page }: Screen) => {
      const bar = page.getByRole('region', { name: 'Несохранённые изменения' });
      await bar.getByRole('button', { name: 'Сохранить' }).click();
      await page.getByRole('button', { name: 'Сохранить, пусть действует' }).click();
    };
    await save(work.desk);
    await work.desk.page.getByText('Сохранено, действует сразу').waitFor();
    await save(other);
    await other.page.getByRole('dialog', { name: /сохранил кто-то другой/ }).waitFor();
    const kept = await work.call<{ source: string }>('GET', '/rules/loud.js');
    expect(kept.source.startsWith('// first')).toBe(true);
    await other.page.getByRole('button', { name: 'Показать чужие, свои отменить' }).click();
    await expect.poll(async () => (await editor(other).textContent())?.replaceAll('\u00a0', ' ')).toContain('// first');
    expect(other.faults).toEqual([]);
    await other.close();
  });

  it('shows versions and what differs, goes back to one, and deletes the file', async () => {
    const { page } = work.desk;
    await work.open('/rules/loud.js?tab=versions');
    const versions = await work.call<{ version: string; current: boolean }[]>('GET', '/rules/loud.js/versions');
    expect(versions.map((one) => one.current)).toEqual([true, false, false]);
    await page.getByRole('button', { name: 'Отличия' }).first().click();
    await page.locator('.monaco-diff-editor').waitFor();
    await page.getByRole('button', { name: 'Вернуть', exact: true }).first().click();
    await page.getByText('Версия возвращена и действует').waitFor();
    expect((await work.call<{ version: string }>('GET', '/rules/loud.js')).version).toBe(versions[1]?.version);

    await page.getByRole('button', { name: 'Удалить правило loud.js' }).click();
    await page.getByRole('button', { name: 'Удалить правило', exact: true }).click();
    await page.waitForURL('**/rules');
    await expect
      .poll(async () => (await work.call<{ name: string }[]>('GET', '/rules')).map((one) => one.name))
      .not.toContain('loud.js');
    expect(work.desk.faults).toEqual([]);
  });
});
