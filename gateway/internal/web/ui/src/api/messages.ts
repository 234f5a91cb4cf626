import { useMutation, useQuery } from '@tanstack/react-query';
import { language } from '@/i18n/language';
import { api, given, queries } from './client';
import { pageSize, useList } from './lists';
import type { Message } from './types';

/** What the address of the list may hold. */
export interface MessageFilters {
  status?: string;
  order?: string;
  phone?: string;
  account?: string;
  restaurant?: string;
  stage?: string;
  from?: string;
  to?: string;
  q?: string;
}

function question(filters: MessageFilters) {
  const { status, ...rest } = filters;
  return { ...rest, status: status ? status.split(',') : undefined };
}

export function useMessages(filters: MessageFilters) {
  return useList<Message>('messages', { ...filters }, (after, signal) =>
    given(api.GET('/api/v1/messages', { params: { query: { ...question(filters), after, limit: pageSize } }, signal })),
  );
}

/** How many messages there are by status, whatever status is picked. */
export function useMessageCounts(filters: MessageFilters) {
  const { status: _, ...rest } = filters;
  return useQuery({
    queryKey: ['messages', 'counts', rest],
    queryFn: ({ signal }) => given(api.GET('/api/v1/messages/counts', { params: { query: question(rest) }, signal })),
    placeholderData: (before) => before,
    refetchInterval: 15_000,
  });
}

export function useMessage(id: string) {
  return useQuery({
    queryKey: ['message', id, language()],
    queryFn: ({ signal }) => given(api.GET('/api/v1/messages/{id}', { params: { path: { id } }, signal })),
    refetchInterval: 5000,
  });
}

/** What a person may do with a message. */
export type MessageAct = 'resend' | 'cancel' | 'sent' | 'again';

/** Does something with a message and shows everything anew. Gives the message that came of it. */
export function useMessageAct() {
  return useMutation({
    mutationFn: async ({ id, act }: { id: string; act: MessageAct }) => {
      const params = { path: { id } };
      switch (act) {
        case 'resend':
          return given(api.POST('/api/v1/messages/{id}/resend', { params }));
        case 'cancel':
          return given(api.POST('/api/v1/messages/{id}/cancel', { params }));
        default:
          return given(api.POST('/api/v1/messages/{id}/settle', { params, body: { as: act } }));
      }
    },
    onSettled: () => queries.invalidateQueries(),
  });
}

/** The whole phone of a contact; the gateway writes down who looked. */
export const revealPhone = (contact: string) => async () =>
  (await given(api.POST('/api/v1/contacts/{id}/reveal', { params: { path: { id: contact } } }))).phone;
