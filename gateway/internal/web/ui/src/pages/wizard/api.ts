import { queryOptions, useMutation } from '@tanstack/react-query';
import { api, given, queries } from '@/api/client';
import { language } from '@/i18n/language';

/** How far the set-up has come. While it is looked at, it is asked for often: the first event is a moment. */
export const wizardQuery = () =>
  queryOptions({
    queryKey: ['wizard', language()],
    queryFn: ({ signal }) => given(api.GET('/api/v1/wizard', { signal })),
    refetchInterval: 2000,
  });

/** Understands the pasted settings of the old module; nothing is saved. */
export function useImport() {
  return useMutation({ mutationFn: (text: string) => given(api.POST('/api/v1/settings/import', { body: { text } })) });
}

export function useSimulator() {
  return useMutation({
    mutationFn: (provider: string) => given(api.POST('/api/v1/simulators', { body: { provider } })),
    onSuccess: () => queries.invalidateQueries(),
  });
}
