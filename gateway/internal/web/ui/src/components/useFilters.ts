import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

/** The filters of a list. They live in the address, so that a view can be sent to a colleague. */
export function useFilters() {
  const filters = useSearch({ strict: false }) as Record<string, string | undefined>;
  const navigate = useNavigate();
  const set = useCallback(
    (part: Record<string, string | undefined>) =>
      void navigate({
        to: '.',
        replace: true,
        search: (before: Record<string, unknown>) => ({ ...before, ...part }),
        resetScroll: false,
      } as never),
    [navigate],
  );
  return { filters, set };
}
