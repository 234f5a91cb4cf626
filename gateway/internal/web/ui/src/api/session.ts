import { queryOptions, useQuery } from '@tanstack/react-query';
import { type Language, switchLanguage } from '@/i18n/language';
import { api, given, queries } from './client';

/** Who sits at this screen and what he may do; kind is empty when nobody is signed in. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => given(api.GET('/api/v1/session', { signal })),
  staleTime: 60_000,
});

const renewed = () => queries.invalidateQueries({ queryKey: sessionQuery.queryKey });

export async function signIn(body: { name: string; password: string; totp?: string }): Promise<void> {
  const me = await given(api.POST('/api/v1/session', { body }));
  if (me.language === 'ru' || me.language === 'en') await switchLanguage(me.language);
  await renewed();
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
