import { Button, Group, Select, Stack, Text } from '@mantine/core';
import { IconReceipt } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { type OrderFilters, useOrders } from '@/api/orders';
import type { Order } from '@/api/types';
import { useZone } from '@/api/zone';
import { EmptyState } from '@/components/EmptyState';
import { FilterField } from '@/components/FilterField';
import { type Column, KeysetList } from '@/components/KeysetList';
import { OrderNumber } from '@/components/OrderNumber';
import { Page } from '@/components/Page';
import { RelativeTime } from '@/components/RelativeTime';
import { StageName, stages } from '@/components/Stage';
import { StatusBadge } from '@/components/StatusBadge';
import { useFilters } from '@/components/useFilters';

/** Every order that the cash server told of, the last changed first. */
export default function OrdersPage() {
  const { t } = useTranslation();
  const { filters, set, clear, filtered } = useFilters();
  const zone = useZone();
  const query = useOrders(filters as OrderFilters);
  const columns: Column<Order>[] = [
    { key: 'number', label: t('orders.number'), render: (row) => <OrderNumber number={row.number} id={row.id} /> },
    { key: 'table', label: t('orders.table'), render: (row) => <Table order={row} /> },
    { key: 'stage', label: t('orders.stage'), render: (row) => <StageOf order={row} /> },
    { key: 'guest', label: t('orders.guest'), render: (row) => <Guest order={row} /> },
    { key: 'text', label: t('orders.text'), render: (row) => <TextStatus order={row} /> },
    {
      key: 'restaurant',
      label: t('orders.restaurant'),
      wide: true,
      render: (row) => (
        <Text size="sm" lineClamp={1} maw={260}>
          <bdi>{row.restaurant_name || row.restaurant_code}</bdi>
        </Text>
      ),
    },
    {
      key: 'time',
      label: t('orders.changed'),
      align: 'right',
      render: (row) => <RelativeTime at={row.last_event} zone={zone} size="sm" />,
    },
  ];
  return (
    <Page title={t('nav.orders')}>
      <Group gap="xs" mb="md">
        <FilterField
          label={t('orders.search')}
          value={filters.number ?? ''}
          width={170}
          onChange={(number) => set({ number })}
        />
        <Select
          aria-label={t('orders.stage')}
          placeholder={t('orders.stage')}
          clearable
          w={180}
          data={stages.map((one) => ({ value: one.word, label: t(`stage.${one.word}`) }))}
          value={filters.stage ?? null}
          onChange={(stage) => set({ stage: stage ?? '' })}
        />
        <Select
          aria-label={t('orders.text')}
          placeholder={t('orders.text')}
          clearable
          w={140}
          data={[
            { value: 'yes', label: t('orders.texted') },
            { value: 'no', label: t('orders.notTexted') },
          ]}
          value={filters.texted ?? null}
          onChange={(texted) => set({ texted: texted ?? '' })}
        />
        <Select
          aria-label={t('orders.open')}
          placeholder={t('orders.open')}
          clearable
          w={190}
          data={[
            { value: 'yes', label: t('orders.onlyOpen') },
            { value: 'no', label: t('orders.onlyClosed') },
          ]}
          value={filters.open ?? null}
          onChange={(open) => set({ open: open ?? '' })}
        />
        {filtered ? (
          <Button variant="subtle" onClick={clear}>
            {t('list.reset')}
          </Button>
        ) : null}
      </Group>
      <KeysetList
        label={t('nav.orders')}
        query={query}
        columns={columns}
        rowKey={(row) => row.id}
        href={(row) => `/orders/${row.id}`}
        card={(row) => <OrderCard order={row} zone={zone} />}
        empty={
          filtered ? (
            <EmptyState icon={IconReceipt} title={t('list.nothingFits')}>
              {t('list.nothingFitsText')}
            </EmptyState>
          ) : (
            <EmptyState
              icon={IconReceipt}
              title={t('orders.empty')}
              action={<Button renderRoot={(props) => <Link to="/wizard" {...props} />}>{t('wizard.open')}</Button>}
            >
              {t('orders.emptyText')}
            </EmptyState>
          )
        }
      />
    </Page>
  );
}

function Table({ order }: { order: Order }) {
  return (
    <Text size="sm" maw={140} className="ob-cut">
      <bdi>{order.table}</bdi>
    </Text>
  );
}

function StageOf({ order }: { order: Order }) {
  const { t } = useTranslation();
  return (
    <Text size="sm" style={{ whiteSpace: 'nowrap' }}>
      <StageName stage={order.stage} />
      {order.closed ? (
        <Text span c="dimmed" inherit>
          {' '}
          · {t('orders.closed')}
        </Text>
      ) : null}
    </Text>
  );
}

function Guest({ order }: { order: Order }) {
  const { t } = useTranslation();
  return (
    <Text size="sm" c={order.phone ? undefined : 'dimmed'} style={{ whiteSpace: 'nowrap' }}>
      {order.phone || t(order.has_contact ? 'phone.erased' : 'phone.none')}
    </Text>
  );
}

function TextStatus({ order }: { order: Order }) {
  const { t } = useTranslation();
  if (order.text_status) return <StatusBadge status={order.text_status} />;
  return (
    <Text size="sm" c="dimmed">
      {t('orders.noText')}
    </Text>
  );
}

function OrderCard({ order, zone }: { order: Order; zone?: string }) {
  return (
    <Stack gap={4}>
      <Group justify="space-between" wrap="nowrap">
        <OrderNumber number={order.number} id={order.id} />
        <TextStatus order={order} />
      </Group>
      <Group justify="space-between" wrap="nowrap">
        <StageOf order={order} />
        <RelativeTime at={order.last_event} zone={zone} size="sm" />
      </Group>
      <Guest order={order} />
    </Stack>
  );
}
