import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Gateway } from './gateway';

/** An address of this machine that others in its network see; empty: there is none. */
export const lanAddress =
  Object.values(networkInterfaces())
    .flat()
    .find((one) => one?.family === 'IPv4' && !one.internal)?.address ?? '';

/**
 * A port of an address that nobody listens on now. The system gives it to nobody who asks for any port, so that it
 * is still free when it is used.
 */
export const freePort = (address: string, tries = 20) =>
  new Promise<number>((done, fail) => {
    const port = 15_000 + Math.floor(Math.random() * 15_000);
    const server = createServer();
    server.on('error', (fault) => (tries > 1 ? freePort(address, tries - 1).then(done, fail) : fail(fault)));
    server.listen(port, address, () => server.close(() => done(port)));
  });

/** The GUID of an order of the crowd. */
export const guidOf = (n: number) => `C1D3E9B0-6C1F-4E2E-8B61-${String(n).padStart(12, '0')}`;

/** Does something for 1 … count, many at a time. */
async function each(count: number, act: (n: number) => Promise<void>): Promise<void> {
  let last = 0;
  await Promise.all(
    Array.from({ length: 64 }, async () => {
      while (last < count) await act(++last);
    }),
  );
}

/** Plays so many guests through the real intake: each leaves a phone, then the order is ready. The key may write contacts. */
export async function crowd(gateway: Gateway, key: string, count: number): Promise<void> {
  const local = new Date(Date.now() + 3 * 3600_000).toISOString().slice(0, 19);
  const sent = async (path: string, body: string, headers: Record<string, string>, want: number) => {
    const answer = await fetch(gateway.url + path, { method: 'POST', body, headers });
    const said = await answer.text();
    if (answer.status !== want) throw new Error(`${path}: ${answer.status} ${said}`);
  };
  const consent = {
    given: true,
    given_at: new Date().toISOString(),
    purpose: 'order_status_sms',
    policy_version: '1',
    source: 'qr',
  };
  const json = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' };
  await each(count, (n) => {
    const body = { order: { guid: guidOf(n) }, phone: `+7999${1_000_000 + n}`, consent };
    return sent('/api/v1/contacts', JSON.stringify(body), json, 201);
  });
  await each(count, (n) =>
    sent(
      '/api/v4/kds/events',
      `<a RestCode="199990777" DateTime="${local}" Situation="3" seqnumber="${n}"><Order guid="{${guidOf(n)}}" orderName="${n}.1"><Session><Dish uni="1" name="Борщ" quantity="1000" kdsstate="ready"/></Session></Order></a>`,
      { 'Content-Type': 'text/xml' },
      200,
    ),
  );
}
