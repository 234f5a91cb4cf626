import type { Browser, BrowserContext, Page } from 'playwright-core';

/** Another browser, in which nobody is signed in and nothing was chosen. */
export async function stranger(browser: Browser, home: string): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ locale: 'ru-RU' });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(home);
  return { context, page };
}

/** Fills the form of signing in, in whichever language it is, and sends it. */
export async function signIn(where: Page, who: { name: string; password: string }): Promise<void> {
  await where.getByLabel(/^(Имя|Name)$/).fill(who.name);
  await where.getByLabel(/^(Пароль|Password)$/).fill(who.password);
  await where.getByRole('button', { name: /^(Войти|Sign in)$/ }).click();
}
