import { useMay } from '@/api/session';
import { type PageEntry, pages } from './pages';

/** The pages that this person may see. */
export function usePages(): PageEntry[] {
  const may = useMay();
  return pages.filter((page) => !page.permission || may(page.permission));
}
