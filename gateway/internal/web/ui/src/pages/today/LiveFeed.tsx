import { Anchor, Box, Button, Group, Text, Title } from '@mantine/core';
import { IconBell, IconGavel, IconMessage, IconPlug } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { feedLimit, useLive } from '@/api/live';
import type { LiveItem } from '@/api/types';
import { EmptyState } from '@/components/EmptyState';
import { isStatus, statusColors } from '@/components/status';
import { useFormat } from '@/i18n/format';
import { useRecent } from './recent';

const icons: Record<LiveItem['kind'], typeof IconBell> = {
  event: IconBell,
  decision: IconGavel,
  message: IconMessage,
  account: IconPlug,
};

function placeOf(item: LiveItem): string {
  switch (item.kind) {
    case 'message':
      return `/messages/${item.ref}`;
    case 'account':
      return '/providers';
    default:
      return item.order_id ? `/orders/${item.order_id}` : `/events/${item.ref}`;
  }
}

/** What happens, in words, each row a link. Only the rows in sight are drawn. */
export function LiveFeed({ zone, heard }: { zone?: string; heard: boolean }) {
  const { t } = useTranslation();
  const live = useLive();
  const recent = useRecent((status) => (isStatus(status) ? t(`status.${status}`) : status));
  const rows = useMemo(() => {
    const fresh = new Set(live.items.map((one) => `${one.kind} ${one.ref} ${one.status ?? ''}`));
    const before = (recent.data ?? []).filter((one) => !fresh.has(`${one.kind} ${one.ref} ${one.status ?? ''}`));
    return [...live.items, ...before].slice(0, feedLimit);
  }, [live.items, recent.data]);
  return (
    <section aria-labelledby="feed-title">
      <Group justify="space-between" mb="xs">
        <Title order={2} id="feed-title">
          {t('feed.title')}
        </Title>
        <Group gap={6} wrap="nowrap" aria-live="polite">
          <Box w={8} h={8} bg={live.open ? 'green.6' : 'gray.5'} style={{ borderRadius: 4 }} aria-hidden />
          <Text size="sm" c="dimmed">
            {t(live.open ? 'feed.open' : 'feed.closed')}
          </Text>
        </Group>
      </Group>
      {live.gap ? (
        <Text size="sm" c="dimmed" mb="xs">
          {t('feed.gap')}
        </Text>
      ) : null}
      {rows.length === 0 && !recent.isPending ? (
        <EmptyState
          title={t('feed.empty')}
          action={
            heard ? null : <Button renderRoot={(props) => <Link to="/wizard" {...props} />}>{t('wizard.open')}</Button>
          }
        >
          {t('feed.emptyText')}
        </EmptyState>
      ) : (
        <Rows rows={rows} zone={zone} />
      )}
    </section>
  );
}

function Rows({ rows, zone }: { rows: LiveItem[]; zone?: string }) {
  const { t } = useTranslation();
  const ref = useRef<HTMLDivElement>(null);
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => {
    setOffset(ref.current?.offsetTop ?? 0);
  }, []);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => 44,
    overscan: 10,
    scrollMargin: offset,
  });
  return (
    <Box
      ref={ref}
      role="list"
      aria-label={t('feed.title')}
      style={{ position: 'relative', height: virtual.getTotalSize() }}
    >
      {virtual.getVirtualItems().map((at) => {
        const item = rows[at.index] as LiveItem;
        return (
          <Box
            key={at.key}
            role="listitem"
            data-index={at.index}
            ref={virtual.measureElement}
            style={{ position: 'absolute', insetInline: 0, top: 0, transform: `translateY(${at.start - offset}px)` }}
          >
            <Row item={item} zone={zone} />
          </Box>
        );
      })}
    </Box>
  );
}

function colorOf(item: LiveItem): string {
  if (item.kind === 'message' && item.status && isStatus(item.status)) return statusColors[item.status];
  if (item.kind === 'account') return 'red';
  if (item.kind === 'decision') return 'gray';
  return item.status === 'quarantined' || item.status === 'failed' ? 'orange' : 'amber';
}

function Row({ item, zone }: { item: LiveItem; zone?: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const Icon = icons[item.kind] ?? IconBell;
  const color = colorOf(item);
  const number = item.order_number && t('order.number', { number: item.order_number });
  // The gateway's line begins with the number, which stands out here.
  const said = number && item.summary.startsWith(`${number}: `) ? item.summary.slice(number.length + 2) : item.summary;
  return (
    <Anchor
      underline="never"
      c="inherit"
      className="ob-feed"
      renderRoot={(props) => <Link to={placeOf(item)} {...props} />}
    >
      <Text span size="sm" c="dimmed" title={format.absolute(item.at, zone)} style={{ whiteSpace: 'nowrap' }}>
        {format.time(item.at, zone, true)}
      </Text>
      <Icon size={16} color={`var(--mantine-color-${color}-text)`} aria-hidden style={{ flexShrink: 0 }} />
      <Text span size="sm" style={{ minWidth: 0 }}>
        {number ? (
          <Text span fw={600} inherit>
            <bdi>{number}</bdi>{' '}
          </Text>
        ) : null}
        <bdi>{said}</bdi>
        {item.ms ? (
          <Text span c="dimmed" inherit>
            {' '}
            · {format.span(item.ms)}
          </Text>
        ) : null}
      </Text>
    </Anchor>
  );
}
