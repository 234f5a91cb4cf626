import { useInfiniteQuery } from '@tanstack/react-query';
import type { KeysetPage } from '@/components/KeysetList';
import { language } from '@/i18n/language';

/** How many rows a page of a list has. */
export const pageSize = 100;

/**
 * A list that is walked by key. The first page is asked for again every so often, so that the list is
 * never old; pages that were opened further down are kept.
 */
export function useList<Row>(
  name: string,
  filters: Record<string, unknown>,
  fetchPage: (after: string | undefined, signal: AbortSignal) => Promise<KeysetPage<Row>>,
) {
  return useInfiniteQuery({
    queryKey: [name, filters, language()],
    queryFn: ({ pageParam, signal }) => fetchPage(pageParam || undefined, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.next || undefined,
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 0) > 1 ? false : 10_000),
    placeholderData: (before) => before,
  });
}
