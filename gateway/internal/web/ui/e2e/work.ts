import type { Browser } from 'playwright-core';
import { expect, vi } from 'vitest';
import { Aggregator, type Mood } from './aggregator';
import { Gateway, posting } from './gateway';
import { type Look, openBrowser, Screen } from './screen';

export const password = 'a long pass phrase 7';
export const markup = '<img src=x onerror=pwned=1>';
/** What would run on a page that took it for markup. */
export const payload = `${markup}<script>window.pwned=1</script><svg/onload=window.pwned=1>`;
/** The key of the account; no page may show it. */
export const key = 'CANARY-key-5555-6666';
export const wide: Look = { width: 1360, scheme: 'light', language: 'ru' };
export const code = '199990777';

/** A rule that says the payload wherever a rule may say something. */
export const hostileRule = `rule({
  name: ${JSON.stringify(payload)},
  on: ["order.ready"],
  handle(change, ctx) {
    log(${JSON.stringify(payload)});
    return ctx.skip(${JSON.stringify(payload)});
  },
});
`;

export interface Order {
  number: string;
  guid: string;
  phone: string;
}

export interface Listed {
  id: string;
  status: string;
  order_number: string;
}

/** A restaurant at work: a gateway that sends through an operator of ours, and the owner who is signed in at a desk. */
export class Work {
  private sequence = 0;

  private constructor(
    readonly operator: Aggregator,
    readonly gateway: Gateway,
    readonly browser: Browser,
    readonly desk: Screen,
  ) {}

  /** Makes the owner by the first link, the account, a restaurant of a hostile name, and switches notifications on. */
  static async start(): Promise<Work> {
    const operator = await Aggregator.start(payload);
    const gateway = await Gateway.start(undefined, undefined, { ORDERBELL_EGRESS_ALLOW: operator.host });
    const browser = await openBrowser();
    const desk = await Screen.open(browser, wide, gateway.url);
    await desk.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const work = new Work(operator, gateway, browser, desk);
    const { page } = desk;
    page.setDefaultTimeout(20_000);
    await page.goto(gateway.setupLink);
    await page.getByLabel('Имя', { exact: true }).fill('Хозяйка');
    await page.getByLabel('Пароль', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Начать' }).click();
    await page.getByText('Шаг 2 из 5').waitFor();
    await work.settings();
    return work;
  }

  private async settings(): Promise<void> {
    await this.call('POST', '/accounts', {
      name: 'main',
      provider: 'http',
      settings: this.operator.settings(markup, key),
      limits: { per_second: 100, per_day: 1000, per_phone_per_day: 100 },
      revision: 0,
    });
    const places = await this.call<{ revision: number }>('GET', '/settings/restaurants');
    await this.call('PUT', '/settings/restaurants', {
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
    const notify = await this.call<{ settings: object; revision: number }>('GET', '/settings/notifications');
    await this.call('PUT', '/settings/notifications', {
      settings: {
        ...notify.settings,
        enabled: true,
        route: ['main'],
        template: `Заказ {order_number} ${markup} {restaurant_name}`,
      },
      revision: notify.revision,
    });
  }

  /** Makes a call as the one who is signed in at the desk. */
  call = async <T>(method: string, path: string, data?: unknown): Promise<T> => {
    const answer = await this.desk.context.request.fetch(`${this.gateway.url}/api/v1${path}`, { method, data });
    if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${await answer.text()}`);
    return answer.status() === 204 ? (undefined as T) : ((await answer.json()) as T);
  };

  messages = (query: string) => this.call<{ items: Listed[] }>('GET', `/messages?${query}`).then((page) => page.items);

  bind = (order: Order): Promise<void> =>
    this.call('POST', '/contacts', {
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

  post = (order: { number: string; guid: string }, stage: 'started' | 'ready', dish?: string) =>
    this.gateway.post(posting({ number: order.number, guid: order.guid, stage, sequence: ++this.sequence, dish }));

  /** Plays an order to "ready" while the operator is in a mood, and waits for what becomes of its text. */
  async play(order: Order, mood: Mood, status: string): Promise<void> {
    this.operator.mood = mood;
    const before = this.operator.heard.length;
    expect(await this.post(order, 'started')).toMatch(/^200 .*stored/);
    await this.bind(order);
    expect(await this.post(order, 'ready')).toMatch(/^200 .*stored/);
    await vi.waitFor(
      async () => {
        expect(this.operator.heard.length).toBeGreaterThan(before);
        expect((await this.messages(`order=${order.number}`)).map((one) => one.status).join()).toBe(status);
      },
      { timeout: 20_000, interval: 50 },
    );
  }

  /** Goes to a page and waits until it shows what it has. */
  async open(path: string, at = this.desk): Promise<void> {
    await at.page.goto(this.gateway.url + path);
    await at.settle();
  }

  async end(): Promise<void> {
    await this.browser.close();
    await this.gateway.remove();
    await this.operator.stop();
  }
}
