import { useQuery } from '@tanstack/react-query';
import { api, given } from '@/api/client';
import { useMay } from '@/api/session';
import type { Event, LiveItem, Message } from '@/api/types';
import { language } from '@/i18n/language';

/** How many of each the feed begins with. */
const beginning = 30;

/** What happened before the page was opened: the stream tells only what is new. Newest first. */
export function useRecent(statusWord: (status: string) => string) {
  const may = useMay();
  const messages = may('messages:read');
  return useQuery({
    queryKey: ['recent', language()],
    queryFn: async ({ signal }) => {
      const query = { limit: beginning };
      const [events, texts] = await Promise.all([
        given(api.GET('/api/v1/events', { params: { query }, signal })),
        messages ? given(api.GET('/api/v1/messages', { params: { query }, signal })) : { items: [] },
      ]);
      const rows = [...events.items.map(ofEvent), ...texts.items.map((one) => ofMessage(one, statusWord))];
      return rows.sort((a, b) => b.at.localeCompare(a.at));
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}

// Ids of the stream are positive; these have none.
const ofEvent = (one: Event): LiveItem => ({
  id: -1,
  at: one.received_at,
  kind: 'event',
  ref: one.id,
  order_id: one.order_ids[0],
  status: one.status,
  summary: one.summary || one.note || '',
});

const ofMessage = (one: Message, word: (status: string) => string): LiveItem => ({
  id: -1,
  at: one.updated_at,
  kind: 'message',
  ref: one.id,
  order_id: one.order_id,
  order_number: one.order_number,
  status: one.status,
  to: one.to,
  summary: `SMS ${one.to} · ${word(one.status)}`,
});
