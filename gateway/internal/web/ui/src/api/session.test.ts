import { afterEach, describe, expect, it, vi } from 'vitest';
import { login, queries } from './client';
import { sessionQuery } from './session';

/** The gateway says who is signed in, one answer after the other. */
function answers(...kinds: string[]): void {
  vi.stubGlobal(
    'fetch',
    vi.fn(async () => {
      const body = { kind: kinds.shift(), permissions: [] };
      return new Response(JSON.stringify(body), { headers: { 'Content-Type': 'application/json' } });
    }),
  );
}

const ask = async () => (await queries.fetchQuery({ ...sessionQuery, staleTime: 0 })).kind;

afterEach(() => {
  vi.unstubAllGlobals();
  queries.clear();
});

describe('a session that ended', () => {
  it('is no news where nobody was signed in: the way in is shown', async () => {
    answers('');
    expect(await ask()).toBe('');
    expect(login.pending()).toBe(false);
  });

  it.each([
    ['stays on the screen when the person does not sign in again', false, ['user', '']],
    ['is another one once the person has signed in again', true, ['user', '', 'user']],
  ])('%s', async (_, given, kinds) => {
    answers(...kinds);
    expect(await ask()).toBe('user');
    const second = ask();
    await vi.waitFor(() => expect(login.pending()).toBe(true));
    login.answer(given);
    expect(await second).toBe('user');
  });
});
