import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

/** The filters of a list. They live in the address, so that a view can be sent to a colleague. */
export function useFilters() {
  const filters = useSearch({ strict: false }) as Record<string, string | undefined>;
  const navigate = useNavigate();
  /** Changes some filters; an empty one goes. */
  const set = useCallback(
    (part: Record<string, string>) =>
      void navigate({
        to: '.',
        replace: true,
        search: (before: Record<string, unknown>) =>
          Object.fromEntries(Object.entries({ ...before, ...part }).filter(([, value]) => value !== '')),
        resetScroll: false,
      } as never),
    [navigate],
  );
  const clear = useCallback(() => void navigate({ to: '.', replace: true, search: {} } as never), [navigate]);
  return { filters, set, clear, filtered: Object.keys(filters).length > 0 };
}
