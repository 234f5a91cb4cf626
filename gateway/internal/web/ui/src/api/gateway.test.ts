import { describe, expect, it, vi } from 'vitest';
import { makeAsk } from './ask';
import { askAgain, makeConnection } from './connection';
import { makeGateway } from './gateway';
import { Problem } from './problem';

const problem = (status: number, body: object) =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/problem+json' } });

function setup(...answers: (Response | Error)[]) {
  const sent: Request[] = [];
  const login = makeAsk();
  const confirm = makeAsk();
  const connection = makeConnection(
    async () => true,
    () => {},
  );
  const gateway = makeGateway({
    connection,
    login,
    confirm,
    language: () => 'en',
    fetch: async (request) => {
      sent.push(request as Request);
      const answer = answers.shift();
      if (answer instanceof Response) return answer;
      throw answer ?? new TypeError('no more answers');
    },
  });
  const call = () => gateway(new Request('http://x/api/v1/accounts', { method: 'POST', body: '{"a":1}' }));
  return { sent, login, confirm, connection, call };
}

describe('a call of the gateway', () => {
  it('says in which language it wants to be answered', async () => {
    const { call, sent } = setup(new Response('{}'));
    await call();
    expect(sent[0]?.headers.get('Accept-Language')).toBe('en');
  });

  it('rejects with the problem of a refusal, its fields named as in the form', async () => {
    const { call } = setup(
      problem(422, {
        code: 'fields_invalid',
        detail: 'See fields',
        errors: [{ field: 'body.name', code: 'x', detail: 'No' }],
      }),
    );
    const fault = await call().catch((wrong) => wrong);
    expect(fault).toBeInstanceOf(Problem);
    expect(fault).toMatchObject({ code: 'fields_invalid', status: 422, detail: 'See fields' });
    expect(fault.field('name').detail).toBe('No');
  });

  it('understands a refusal that is no problem document', async () => {
    const { call } = setup(new Response('<h1>Bad</h1>', { status: 400, headers: { 'Content-Type': 'text/html' } }));
    await expect(call()).rejects.toMatchObject({ code: 'status_400', status: 400 });
  });

  it('waits for a new login and is made again with the same body', async () => {
    const { call, sent, login } = setup(problem(401, { code: 'login_required' }), new Response('{"ok":true}'));
    const answer = call();
    await vi.waitFor(() => expect(login.pending()).toBe(true));
    login.answer(true);
    expect(await (await answer).json()).toEqual({ ok: true });
    expect(await sent[1]?.text()).toBe('{"a":1}');
  });

  it('fails with the refusal when the person gives no password', async () => {
    const { call, sent, confirm } = setup(problem(403, { code: 'confirm_required' }));
    const answer = call();
    await vi.waitFor(() => expect(confirm.pending()).toBe(true));
    confirm.answer(false);
    await expect(answer).rejects.toMatchObject({ code: 'confirm_required' });
    expect(sent).toHaveLength(1);
  });

  it.each([
    ['the network is down', new TypeError('failed')],
    ['a proxy finds nobody', new Response('', { status: 502 })],
    ['a proxy waits for it', new Response('<h1>503</h1>', { status: 503, headers: { 'Content-Type': 'text/html' } })],
  ])('says that the gateway is gone when %s', async (_, silence) => {
    const { call, connection } = setup(silence);
    await expect(call()).rejects.toMatchObject({ code: 'gone' });
    expect(connection.goneSince()).not.toBeNull();
  });

  it.each([
    [502, 'provider_failed'],
    [503, 'store_unavailable'],
    [504, 'provider_failed'],
  ])('is there when it says itself, with %i, that something behind it is not', async (status, code) => {
    const { call, connection } = setup(
      problem(status, { code, errors: [{ field: 'account', code, detail: 'The operator cannot be reached' }] }),
    );
    const fault = await call().catch((wrong) => wrong);
    expect(fault).toMatchObject({ code, status });
    expect(fault.field('account').detail).toBe('The operator cannot be reached');
    expect(connection.goneSince()).toBeNull();
  });
});

describe('the connection', () => {
  it('asks again until the gateway answers, then fetches everything anew', async () => {
    vi.useFakeTimers();
    const back = vi.fn();
    const answers = [false, false, true];
    const ping = vi.fn(async () => answers.shift() ?? true);
    const connection = makeConnection(ping, back);
    connection.silent();
    await vi.advanceTimersByTimeAsync(askAgain * 2);
    expect(connection.goneSince()).not.toBeNull();
    await vi.advanceTimersByTimeAsync(askAgain);
    expect(connection.goneSince()).toBeNull();
    expect(back).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(askAgain * 5);
    expect(ping).toHaveBeenCalledTimes(3);
    vi.useRealTimers();
  });
});
