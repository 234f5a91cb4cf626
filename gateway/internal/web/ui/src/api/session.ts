import { queryOptions, useQuery } from '@tanstack/react-query';
import { gateway, queries } from './client';

/** Who sits at this screen, and what this gateway is. */
export interface Session {
  user?: { id: string; name: string; role: string; totp?: boolean } | null;
  permissions?: string[] | null;
  language?: string;
  /** Nobody can sign in yet: the owner has to be made. */
  setup_needed: boolean;
  version: string;
}

async function call(method: string, path: string, body?: unknown): Promise<Response> {
  return gateway(
    new Request(new URL(path, window.location.origin), {
      method,
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    }),
  );
}

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async (): Promise<Session> => (await call('GET', '/api/v1/session')).json(),
  staleTime: 60_000,
});

export async function signIn(entry: { name: string; password: string; totp?: string }): Promise<void> {
  await call('POST', '/api/v1/session', entry);
  await queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
}

export async function signOut(): Promise<void> {
  await call('DELETE', '/api/v1/session');
  queries.clear();
  await queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
}

export async function confirmPassword(password: string): Promise<void> {
  await call('POST', '/api/v1/session/confirm', { password });
}

export async function setUp(entry: { token: string; name: string; password: string; language: string }): Promise<void> {
  await call('POST', '/api/v1/setup', entry);
  await queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
}

/** Tells whether the person may do something; until it is known, no. */
export function useMay(): (permission: string) => boolean {
  const { data } = useQuery(sessionQuery);
  return (permission) => data?.permissions?.includes(permission) ?? false;
}
