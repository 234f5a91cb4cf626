import { queryOptions, useMutation, useQuery } from '@tanstack/react-query';
import type { ManifestFieldSpec, SecretState } from '@/components/manifest';
import { filled } from '@/components/manifest';
import { api, given, queries } from './client';
import type { Account, Provider } from './types';

export const accountsQuery = queryOptions({
  queryKey: ['accounts'],
  queryFn: async () => given(api.GET('/api/v1/accounts')).then((list) => list ?? []),
});

export const providersQuery = queryOptions({
  queryKey: ['providers'],
  queryFn: async () => given(api.GET('/api/v1/providers')).then((list) => list ?? []),
});

export const useAccounts = () => useQuery(accountsQuery);
export const useProviders = () => useQuery(providersQuery);

/** What a form edits of an account: texts, and which secrets there are. */
export interface AccountDraft {
  name: string;
  provider: string;
  values: Record<string, string>;
  limits: Account['limits'];
  /** Keys of the secrets that go when it is saved. */
  cleared?: string[];
}

/** The limits of an account that nobody has set. */
export const usualLimits: Account['limits'] = { per_second: 10, per_day: 1000, per_phone_per_day: 5 };

export function secretsOf(account: Account | undefined, cleared: string[] = []): Record<string, SecretState> {
  const found: Record<string, SecretState> = {};
  for (const [key, one] of Object.entries(account?.settings ?? {})) {
    if (one.set) {
      found[key] = { set: true, hint: (one.hint ?? '').replace(/^…/, ''), cleared: cleared.includes(key) };
    }
  }
  return found;
}

export function draftOf(account: Account): AccountDraft {
  const values: Record<string, string> = {};
  for (const [key, one] of Object.entries(account.settings)) {
    if (one.value !== undefined) values[key] = one.value;
  }
  return { name: account.name, provider: account.provider, values, limits: account.limits };
}

/** The body of a save: what is shown and filled in. A secret that was not typed stays as it is. */
export function bodyOf(draft: AccountDraft, fields: ManifestFieldSpec[], saved?: Account): Account {
  const settings: Account['settings'] = {};
  for (const field of fields) {
    if (field.kind === 'SECRET' && saved?.settings[field.key]?.set) {
      settings[field.key] = draft.cleared?.includes(field.key) ? { clear: true } : {};
    }
  }
  for (const [key, value] of Object.entries(filled(fields, draft.values))) settings[key] = { value };
  return {
    name: draft.name,
    provider: draft.provider,
    settings,
    limits: draft.limits,
    revision: saved?.revision ?? 0,
  } as Account;
}

/** Makes an account, or changes it when it is there already. */
export function useSaveAccount() {
  return useMutation({
    mutationFn: async (body: Account) =>
      body.revision === 0
        ? given(api.POST('/api/v1/accounts', { body }))
        : given(api.PUT('/api/v1/accounts/{name}', { params: { path: { name: body.name } }, body })),
    onSuccess: () => queries.invalidateQueries(),
  });
}

/** Runs a provider's simulator inside the gateway; gives the settings of an account that uses it. */
export function useSimulator() {
  return useMutation({
    mutationFn: (provider: string) => given(api.POST('/api/v1/simulators', { body: { provider } })),
    onSuccess: () => queries.invalidateQueries(),
  });
}

export const manifestOf = (providers: Provider[] | undefined, name: string) =>
  providers?.find((one) => one.name === name);
