import { Anchor, Badge, Button, Group, Stack, Text } from '@mantine/core';
import { IconTransferIn } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { type EventFilters, useEvents } from '@/api/events';
import type { Event } from '@/api/types';
import { useZone } from '@/api/zone';
import { EmptyState } from '@/components/EmptyState';
import { FilterField } from '@/components/FilterField';
import { type Column, KeysetList } from '@/components/KeysetList';
import { Page } from '@/components/Page';
import { RelativeTime } from '@/components/RelativeTime';
import { StatusChips } from '@/components/StatusChips';
import { useFilters } from '@/components/useFilters';

export const eventStatuses = ['stored', 'done', 'quarantined', 'failed'] as const;
export const eventColors: Record<Event['status'], string> = {
  stored: 'blue',
  done: 'green',
  quarantined: 'orange',
  failed: 'red',
};

/** Every posting of the cash server, as it came and what became of it. */
export default function EventsPage() {
  const { t } = useTranslation();
  const { filters, set, clear, filtered } = useFilters();
  const zone = useZone();
  const query = useEvents(filters as EventFilters);
  const columns: Column<Event>[] = [
    {
      key: 'time',
      label: t('events.time'),
      render: (row) => <RelativeTime at={row.received_at} zone={zone} size="sm" />,
    },
    { key: 'summary', label: t('events.summary'), render: (row) => <Summary event={row} /> },
    { key: 'status', label: t('events.status'), render: (row) => <EventStatus status={row.status} /> },
    {
      key: 'place',
      label: t('events.restaurant'),
      render: (row) => <Text size="sm">{row.restaurant_code ?? ''}</Text>,
    },
    { key: 'source', label: t('events.source'), wide: true, render: (row) => <Text size="sm">{row.source}</Text> },
    { key: 'size', label: t('events.size'), align: 'right', wide: true, render: (row) => <Size event={row} /> },
  ];
  return (
    <Page title={t('nav.events')} lead={t('events.lead')}>
      <Stack gap="sm" mb="md">
        <StatusChips
          label={t('events.status')}
          picked={(filters.status ?? '').split(',').filter(Boolean)}
          onChange={(next) => set({ status: next.join(',') })}
          choices={eventStatuses.map((status) => ({
            value: status,
            label: t(`event.${status}`),
            color: eventColors[status],
          }))}
        />
        <Group gap="xs">
          <FilterField
            label={t('events.restaurant')}
            value={filters.restaurant ?? ''}
            onChange={(restaurant) => set({ restaurant })}
          />
          {filtered ? (
            <Button variant="subtle" onClick={clear}>
              {t('list.reset')}
            </Button>
          ) : null}
        </Group>
      </Stack>
      <KeysetList
        label={t('nav.events')}
        query={query}
        columns={columns}
        rowKey={(row) => row.id}
        href={(row) => `/events/${row.id}`}
        card={(row) => (
          <Stack gap={4}>
            <Group justify="space-between" wrap="nowrap">
              <RelativeTime at={row.received_at} zone={zone} size="sm" />
              <EventStatus status={row.status} />
            </Group>
            <Summary event={row} />
          </Stack>
        )}
        empty={
          filtered ? (
            <EmptyState icon={IconTransferIn} title={t('list.nothingFits')}>
              {t('list.nothingFitsText')}
            </EmptyState>
          ) : (
            <EmptyState
              icon={IconTransferIn}
              title={t('events.empty')}
              action={<Button renderRoot={(props) => <Link to="/wizard" {...props} />}>{t('wizard.open')}</Button>}
            >
              {t('events.emptyText')}
            </EmptyState>
          )
        }
      />
    </Page>
  );
}

/** What became of a posting. */
export function EventStatus({ status }: { status: Event['status'] }) {
  const { t } = useTranslation();
  return (
    <Badge color={eventColors[status] ?? 'gray'} miw="max-content">
      {t(`event.${status}`)}
    </Badge>
  );
}

function Summary({ event }: { event: Event }) {
  const { t } = useTranslation();
  return (
    <div>
      <Anchor size="sm" className="ob-link" renderRoot={(props) => <Link to={`/events/${event.id}`} {...props} />}>
        <bdi>{event.summary || t('events.notUnderstood')}</bdi>
      </Anchor>
      {event.note ? (
        <Text size="xs" c="dimmed" lineClamp={2}>
          <bdi>{event.note}</bdi>
        </Text>
      ) : null}
    </div>
  );
}

function Size({ event }: { event: Event }) {
  const { t } = useTranslation();
  return (
    <Text size="sm" c={event.size ? undefined : 'dimmed'} style={{ whiteSpace: 'nowrap' }}>
      {event.size ? t('events.bytes', { count: event.size }) : t('events.bodyGone')}
    </Text>
  );
}
