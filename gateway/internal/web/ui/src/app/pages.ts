import {
  IconBell,
  IconBuildingStore,
  IconChartBar,
  IconGavel,
  IconHeartbeat,
  IconHistory,
  IconHome,
  IconMessage,
  IconPlug,
  IconReceipt,
  IconTransferIn,
  IconUsers,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';

/** A page of the navigation. Its heading there is the text nav.NAME. */
export interface PageEntry {
  path: string;
  name:
    | 'today'
    | 'orders'
    | 'messages'
    | 'notifications'
    | 'providers'
    | 'rules'
    | 'restaurants'
    | 'events'
    | 'contacts'
    | 'charts'
    | 'audit'
    | 'system';
  icon: ComponentType<{ size?: number | string; stroke?: number | string }>;
  group: 'work' | 'settings' | 'insight';
  /** Who may not do this does not see the page; none: everybody sees it. */
  permission?: string;
  load: () => Promise<{ default: ComponentType }>;
}

/** Every page of the navigation, in its order. */
export const pages: PageEntry[] = [
  { path: '/', name: 'today', icon: IconHome, group: 'work', load: () => import('@/pages/today/TodayPage') },
  {
    path: '/orders',
    name: 'orders',
    icon: IconReceipt,
    group: 'work',
    permission: 'orders:read',
    load: () => import('@/pages/orders/OrdersPage'),
  },
  {
    path: '/messages',
    name: 'messages',
    icon: IconMessage,
    group: 'work',
    permission: 'messages:read',
    load: () => import('@/pages/messages/MessagesPage'),
  },
  {
    path: '/notifications',
    name: 'notifications',
    icon: IconBell,
    group: 'settings',
    permission: 'settings:read',
    load: () => import('@/pages/notifications/NotificationsPage'),
  },
  {
    path: '/providers',
    name: 'providers',
    icon: IconPlug,
    group: 'settings',
    permission: 'accounts:read',
    load: () => import('@/pages/providers/ProvidersPage'),
  },
  {
    path: '/rules',
    name: 'rules',
    icon: IconGavel,
    group: 'settings',
    permission: 'rules:read',
    load: () => import('@/pages/rules/RulesPage'),
  },
  {
    path: '/restaurants',
    name: 'restaurants',
    icon: IconBuildingStore,
    group: 'settings',
    permission: 'settings:read',
    load: () => import('@/pages/restaurants/RestaurantsPage'),
  },
  {
    path: '/events',
    name: 'events',
    icon: IconTransferIn,
    group: 'insight',
    permission: 'events:read',
    load: () => import('@/pages/events/EventsPage'),
  },
  {
    path: '/contacts',
    name: 'contacts',
    icon: IconUsers,
    group: 'insight',
    permission: 'contacts:read',
    load: () => import('@/pages/contacts/ContactsPage'),
  },
  {
    path: '/charts',
    name: 'charts',
    icon: IconChartBar,
    group: 'insight',
    permission: 'messages:read',
    load: () => import('@/pages/charts/ChartsPage'),
  },
  {
    path: '/audit',
    name: 'audit',
    icon: IconHistory,
    group: 'insight',
    permission: 'audit:read',
    load: () => import('@/pages/audit/AuditPage'),
  },
  {
    path: '/system',
    name: 'system',
    icon: IconHeartbeat,
    group: 'insight',
    permission: 'self',
    load: () => import('@/pages/system/SystemPage'),
  },
];

/** A page that the navigation does not list: one thing of a list, or a way in. */
export interface InnerPage {
  path: string;
  load: () => Promise<{ default: ComponentType }>;
}

/** Every page outside of the navigation. */
export const innerPages: InnerPage[] = [
  { path: '/orders/$ref', load: () => import('@/pages/orders/OrderPage') },
  { path: '/messages/$id', load: () => import('@/pages/messages/MessagePage') },
  { path: '/events/$id', load: () => import('@/pages/events/EventPage') },
  { path: '/contacts/$id', load: () => import('@/pages/contacts/ContactPage') },
  { path: '/rules/$name', load: () => import('@/pages/rules/RulesPage') },
  { path: '/wizard', load: () => import('@/pages/wizard/WizardPage') },
];

/** The pages of the phone's bottom bar; the fourth place is "more". */
export const tabs = ['/', '/orders', '/messages'];

export const groups = ['work', 'settings', 'insight'] as const;
