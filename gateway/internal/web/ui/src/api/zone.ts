import { useQuery } from '@tanstack/react-query';
import { language } from '@/i18n/language';
import { api, given } from './client';
import { useMay } from './session';

/** The restaurants' zone, for times of what happens there; none while it is not known: this browser's. */
export function useZone(): string | undefined {
  const may = useMay();
  return useQuery({
    queryKey: ['today', language()],
    queryFn: ({ signal }) => given(api.GET('/api/v1/today', { signal })),
    enabled: may('system:read'),
    staleTime: Number.POSITIVE_INFINITY,
  }).data?.zone;
}
