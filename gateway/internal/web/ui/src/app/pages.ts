import { IconHome } from '@tabler/icons-react';
import type { ComponentType } from 'react';

/** A page of the navigation. Its heading there is the text nav.NAME. */
export interface PageEntry {
  path: string;
  name: 'today';
  icon: ComponentType<{ size?: number | string; stroke?: number | string }>;
  group: 'work' | 'settings' | 'insight';
  /** Who may not do this does not see the page; none: everybody sees it. */
  permission?: string;
  load: () => Promise<{ default: ComponentType }>;
}

/** Every page of the navigation, in its order. */
export const pages: PageEntry[] = [
  { path: '/', name: 'today', icon: IconHome, group: 'work', load: () => import('@/pages/today/TodayPage') },
];

/** The pages of the phone's bottom bar; the fourth place is "more". */
export const tabs = ['/', '/orders', '/messages'];

export const groups = ['work', 'settings', 'insight'] as const;
