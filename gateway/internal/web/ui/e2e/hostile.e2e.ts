import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostileRule, type Listed, markup, password, payload, Work } from './work';

let work: Work;

beforeAll(async () => {
  work = await Work.start();
});

afterAll(() => work?.end());

describe('what operators, admins and rule authors write', () => {
  it('never runs on any page that shows it, and breaks no policy of the page', async () => {
    // The rule of that name speaks once more, in decisions that are shown.
    await work.call('PUT', '/rules/hostile.js', { source: hostileRule, base: '' });
    await expect(
      work.call('PUT', `/rules/${encodeURIComponent('<b>.js')}`, { source: hostileRule, base: '' }),
    ).rejects.toThrow('422');
    await expect(
      work.call('POST', '/accounts', { name: markup, provider: 'http', settings: {}, limits: {}, revision: 0 }),
    ).rejects.toThrow('422');
    await expect(
      work.call('POST', '/users', { name: markup, password, role: 'viewer', language: 'ru' }),
    ).rejects.toThrow('422');
    await expect(work.call('POST', '/session', { name: markup, password })).rejects.toThrow('401'); // the audit log has it
    const last = { number: payload.slice(0, 60), guid: 'B1D3E9B0-6C1F-4E2E-8B61-3F0C5D7E9A05', phone: '+79990002505' };
    work.operator.mood = 'refuses';
    await work.post(last, 'started', payload);
    await work.bind(last);
    await work.post(last, 'ready', payload);
    await expect.poll(async () => (await work.messages('phone=2505')).map((one) => one.status).join()).toBe('rejected');
    const [message] = await work.messages('phone=2505');
    const [event] = (await work.call<{ items: Listed[] }>('GET', '/events')).items;
    const [guest] = (await work.call<{ items: Listed[] }>('GET', '/contacts?phone=2505')).items;
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
      await work.open(path);
      const ran = await work.desk.page.evaluate(
        () => 'pwned' in window || document.querySelector('img[onerror]') !== null,
      );
      if (ran) found.push(`${path} ran it`);
      found.push(...work.desk.faults.splice(0).map((fault) => `${path} ${fault}`));
    }
    expect(found).toEqual([]);
    await work.open(`/messages/${message?.id}`);
    expect(await work.desk.page.locator('main').textContent()).toContain(markup);
  });
});
