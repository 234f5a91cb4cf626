import { useMutation, useQuery } from '@tanstack/react-query';
import { language } from '@/i18n/language';
import { api, given, queries } from './client';
import { pageSize, useList } from './lists';
import type { Event } from './types';

/** What the address of the list may hold. */
export interface EventFilters {
  status?: string;
  order?: string;
  restaurant?: string;
}

export function useEvents({ status, ...filters }: EventFilters) {
  return useList<Event>('events', { ...filters, status }, (after, signal) =>
    given(
      api.GET('/api/v1/events', {
        params: { query: { ...filters, status: status ? status.split(',') : undefined, after, limit: pageSize } },
        signal,
      }),
    ),
  );
}

export function useEvent(id: string) {
  return useQuery({
    queryKey: ['event', id, language()],
    queryFn: ({ signal }) => given(api.GET('/api/v1/events/{id}', { params: { path: { id } }, signal })),
  });
}

/** The posting as it came; it may hold names, so it is asked for only when somebody wants to see it. */
export function useRawEvent(id: string, wanted: boolean) {
  return useQuery({
    queryKey: ['event', id, 'raw'],
    queryFn: ({ signal }) => given(api.GET('/api/v1/events/{id}/raw', { params: { path: { id } }, signal })),
    enabled: wanted,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useTryEvent(id: string) {
  return useMutation({
    mutationFn: async () => (await given(api.POST('/api/v1/events/{id}/try', { params: { path: { id } } }))) ?? [],
  });
}

export function useReplayEvent(id: string) {
  return useMutation({
    mutationFn: () => given(api.POST('/api/v1/events/{id}/replay', { params: { path: { id } } })),
    onSettled: () => queries.invalidateQueries(),
  });
}
