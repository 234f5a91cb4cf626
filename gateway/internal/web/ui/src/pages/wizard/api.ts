import { queryOptions } from '@tanstack/react-query';
import { api, given } from '@/api/client';
import { language } from '@/i18n/language';

/** How far the set-up has come. While it is looked at, it is asked for often: the first event is a moment. */
export const wizardQuery = () =>
  queryOptions({
    queryKey: ['wizard', language()],
    queryFn: ({ signal }) => given(api.GET('/api/v1/wizard', { signal })),
    refetchInterval: 2000,
  });
