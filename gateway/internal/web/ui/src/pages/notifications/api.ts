import { queryOptions, useMutation, useQuery } from '@tanstack/react-query';
import { api, given, queries } from '@/api/client';
import type { NotificationSettings } from '@/api/types';
import { language } from '@/i18n/language';

export const notificationsQuery = queryOptions({
  queryKey: ['notifications'],
  queryFn: () => given(api.GET('/api/v1/settings/notifications')),
});

/** The text that settings would give, asked for a moment after the last change. */
export function usePreview(settings: NotificationSettings) {
  return useQuery({
    queryKey: ['preview', settings, language()],
    queryFn: ({ signal }) => given(api.POST('/api/v1/settings/notifications/preview', { body: { settings }, signal })),
    placeholderData: (before) => before,
    staleTime: 60_000,
  });
}

export function useSaveNotifications() {
  return useMutation({
    mutationFn: (body: { settings: NotificationSettings; revision: number }) =>
      given(api.PUT('/api/v1/settings/notifications', { body })),
    onSuccess: (page) => {
      queries.setQueryData(notificationsQuery.queryKey, page);
      void queries.invalidateQueries({ queryKey: ['accounts'] });
    },
  });
}
