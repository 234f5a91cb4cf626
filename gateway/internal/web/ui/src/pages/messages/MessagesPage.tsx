import { Box, Button, Group, Select, Stack, Text } from '@mantine/core';
import { IconMessage } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useAccounts } from '@/api/accounts';
import { type MessageFilters, useMessageCounts, useMessages } from '@/api/messages';
import type { Message } from '@/api/types';
import { EmptyState } from '@/components/EmptyState';
import { FilterField } from '@/components/FilterField';
import { type Column, KeysetList } from '@/components/KeysetList';
import { Money } from '@/components/Money';
import { OrderNumber } from '@/components/OrderNumber';
import { Page } from '@/components/Page';
import { RelativeTime } from '@/components/RelativeTime';
import { StatusBadge } from '@/components/StatusBadge';
import { StatusChips } from '@/components/StatusChips';
import { statusColors, statuses } from '@/components/status';
import { useFilters } from '@/components/useFilters';
import { MessageActions } from './MessageActions';

/** Every text, with filters that live in the address. */
export default function MessagesPage() {
  const { t } = useTranslation();
  const { filters, set, clear, filtered } = useFilters();
  const query = useMessages(filters as MessageFilters);
  const counts = useMessageCounts(filters as MessageFilters);
  const accounts = useAccounts();
  const picked = (filters.status ?? '').split(',').filter(Boolean);

  const columns: Column<Message>[] = [
    {
      key: 'order',
      label: t('messages.order'),
      render: (row) => <OrderNumber number={row.order_number} id={row.order_id} />,
    },
    { key: 'text', label: t('messages.text'), render: (row) => <TextOf message={row} /> },
    { key: 'to', label: t('messages.to'), render: (row) => <To message={row} /> },
    {
      key: 'account',
      label: t('messages.account'),
      wide: true,
      render: (row) => <Text size="sm">{row.account || '—'}</Text>,
    },
    { key: 'status', label: t('messages.status'), render: (row) => <StatusBadge status={row.status} /> },
    {
      key: 'cost',
      label: t('messages.cost'),
      align: 'right',
      wide: true,
      render: (row) => (row.cost ? <Money amount={row.cost} /> : ''),
    },
    {
      key: 'time',
      label: t('messages.time'),
      align: 'right',
      render: (row) => <RelativeTime at={row.created_at} size="sm" />,
    },
    {
      key: 'act',
      label: t('list.acts'),
      align: 'right',
      hidden: true,
      render: (row) => <MessageActions message={row} />,
    },
  ];

  return (
    <Page title={t('nav.messages')}>
      <Stack gap="sm" mb="md">
        <StatusChips
          label={t('messages.status')}
          picked={picked}
          onChange={(next) => set({ status: next.join(',') })}
          choices={statuses.map((status) => ({
            value: status,
            label: t(`status.${status}`),
            count: countText(counts.data?.[status]),
            color: statusColors[status],
          }))}
        />
        <Group gap="xs">
          <FilterField
            label={t('messages.search')}
            value={filters.q ?? filters.phone ?? filters.order ?? ''}
            width={260}
            onChange={(q) => set({ q, phone: '', order: '' })}
          />
          {(accounts.data?.length ?? 0) > 1 ? (
            <Select
              aria-label={t('messages.account')}
              placeholder={t('messages.account')}
              clearable
              w={170}
              data={accounts.data?.map((one) => one.name) ?? []}
              value={filters.account ?? null}
              onChange={(account) => set({ account: account ?? '' })}
            />
          ) : null}
          {filtered ? (
            <Button variant="subtle" onClick={clear}>
              {t('list.reset')}
            </Button>
          ) : null}
        </Group>
      </Stack>
      <KeysetList
        label={t('nav.messages')}
        query={query}
        columns={columns}
        rowKey={(row) => row.id}
        href={(row) => `/messages/${row.id}`}
        card={(row) => <MessageCard message={row} />}
        empty={
          filtered ? (
            <EmptyState icon={IconMessage} title={t('list.nothingFits')}>
              {t('list.nothingFitsText')}
            </EmptyState>
          ) : (
            <EmptyState
              icon={IconMessage}
              title={t('messages.empty')}
              action={<Button renderRoot={(props) => <Link to="/wizard" {...props} />}>{t('wizard.open')}</Button>}
            >
              {t('messages.emptyText')}
            </EmptyState>
          )
        }
      />
    </Page>
  );
}

/** A count is exact up to a bound; beyond it there are more. */
const countText = (count?: { n: number; more: boolean }) => `${count?.n ?? 0}${count?.more ? '+' : ''}`;

/** The text on one line; the whole of it is one click away. */
function TextOf({ message }: { message: Message }) {
  const { t } = useTranslation();
  return (
    <Box miw={160} maw={420} style={{ overflowWrap: 'anywhere' }}>
      <Text size="sm" lineClamp={1} c={message.text ? undefined : 'dimmed'}>
        <bdi>{message.text || t('messages.textGone')}</bdi>
      </Text>
      {message.why ? (
        <Text size="xs" c="dimmed" lineClamp={1}>
          {message.why}
        </Text>
      ) : null}
    </Box>
  );
}

function To({ message }: { message: Message }) {
  const { t } = useTranslation();
  return (
    <Text size="sm" style={{ whiteSpace: 'nowrap' }} c={message.to ? undefined : 'dimmed'}>
      {message.to || t('phone.erased')}
    </Text>
  );
}

function MessageCard({ message }: { message: Message }) {
  return (
    <Stack gap={4}>
      <Group justify="space-between" wrap="nowrap">
        <OrderNumber number={message.order_number} id={message.order_id} />
        <StatusBadge status={message.status} />
      </Group>
      <TextOf message={message} />
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <To message={message} />
        <Group gap="xs" wrap="nowrap">
          {message.cost ? (
            <Text size="sm">
              <Money amount={message.cost} />
            </Text>
          ) : null}
          <RelativeTime at={message.created_at} size="sm" />
          <MessageActions message={message} />
        </Group>
      </Group>
    </Stack>
  );
}
