import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import i18next from 'i18next';
import createClient from 'openapi-fetch';
import { language } from '@/i18n/language';
import { makeAsk } from './ask';
import { makeConnection } from './connection';
import { makeGateway } from './gateway';
import { Problem } from './problem';
import type { paths } from './schema';

export const login = makeAsk();
export const confirm = makeAsk();

/** Retries only silence: what the gateway refused once it refuses again. */
const retry = (count: number, fault: Error) => !(fault instanceof Problem) && count < 2;

export const queries = new QueryClient({
  queryCache: new QueryCache(),
  mutationCache: new MutationCache(),
  defaultOptions: {
    queries: { retry, staleTime: 10_000, networkMode: 'always', refetchOnWindowFocus: true },
    mutations: { retry: false, networkMode: 'always' },
  },
});

export const connection = makeConnection(
  async () => (await fetch('/api/v4/ping', { cache: 'no-store' })).ok,
  () => void queries.invalidateQueries(),
);

/** Speaks to the gateway; rejects with a Problem. */
export const gateway = makeGateway({ connection, login, confirm, language });

/** The typed client of the API. Every call resolves with data or rejects with a Problem. */
export const api = createClient<paths>({ baseUrl: window.location.origin, fetch: gateway });

/** The data of a call. Refusals have been thrown by then. */
export async function given<T>(call: Promise<{ data?: T }>): Promise<T> {
  return (await call).data as T;
}

// Many answers hold sentences: after a switch of the language they are asked for again.
i18next.on('languageChanged', () => void queries.invalidateQueries());
