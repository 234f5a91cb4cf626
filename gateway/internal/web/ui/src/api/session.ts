import { queryOptions, useQuery } from '@tanstack/react-query';
import { type Language, switchLanguage } from '@/i18n/language';
import { api, given, login, queries } from './client';
import type { Me } from './types';

/** Who sits at this screen and what he may do; kind is empty when nobody is signed in. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }): Promise<Me> => {
    const me = await given(api.GET('/api/v1/session', { signal }));
    const before = queries.getQueryData<Me>(['session']);
    if (me.kind || !before?.kind) return me;
    // The session ended while somebody works here. What is on the screen, and what was typed, stays: the
    // person is asked to sign in again, above it.
    return (await login.request()) ? given(api.GET('/api/v1/session')) : before;
  },
  staleTime: 60_000,
});

const renewed = () => queries.invalidateQueries({ queryKey: sessionQuery.queryKey });

export async function signIn(body: { name: string; password: string; totp?: string }): Promise<void> {
  const me = await given(api.POST('/api/v1/session', { body }));
  if (me.language === 'ru' || me.language === 'en') await switchLanguage(me.language);
  await renewed();
}

/**
 * Speaks another language, at once. Of who is signed in it is remembered with the account, so that the
 * next browser begins with it.
 */
export async function chooseLanguage(next: Language): Promise<void> {
  await switchLanguage(next);
  if (queries.getQueryData(sessionQuery.queryKey)?.kind !== 'user') return;
  // The page speaks it already; that the account could not be told is no reason for an alarm.
  await api.PUT('/api/v1/session/language', { body: { language: next } }).catch(() => {});
}

export async function signOut(): Promise<void> {
  await api.DELETE('/api/v1/session');
  queries.clear();
  window.location.assign('/');
}

export async function confirmPassword(password: string): Promise<void> {
  await api.POST('/api/v1/session/confirm', { body: { password } });
}

export async function setUp(body: {
  token: string;
  name: string;
  password: string;
  language: Language;
}): Promise<void> {
  await api.POST('/api/v1/setup', { body });
  await renewed();
}

/** Tells whether the person may do something; until it is known, no. */
export function useMay(): (permission: string) => boolean {
  const { data } = useQuery(sessionQuery);
  return (permission) => (data?.permissions as string[] | undefined)?.includes(permission) ?? false;
}
