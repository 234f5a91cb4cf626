import { Alert, Button, Group, Modal, Paper, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCircleCheck, IconInfoCircle } from '@tabler/icons-react';
import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { revealPhone } from '@/api/messages';
import { useOrder, useTryOrder } from '@/api/orders';
import { useMay } from '@/api/session';
import type { OrderDetail } from '@/api/types';
import { ErrorBox } from '@/components/ErrorBox';
import { Facts } from '@/components/Facts';
import { Loading } from '@/components/Loading';
import { MaskedPhone } from '@/components/MaskedPhone';
import { Page } from '@/components/Page';
import { RelativeTime } from '@/components/RelativeTime';
import { findStage, StageBar, type StageWord } from '@/components/Stage';
import { Trials } from '@/components/Trials';
import { useFormat } from '@/i18n/format';
import { BindPhone } from './BindPhone';
import { Dishes } from './Dishes';
import { OrderTimeline } from './OrderTimeline';

/** One order: why the guest got a text or did not, in large type; then everything that happened. */
export default function OrderPage() {
  const { t } = useTranslation();
  const { ref = '' } = useParams({ strict: false }) as { ref?: string };
  const { data, error, refetch } = useOrder(ref);
  const title = data?.number ? t('orders.one', { number: data.number }) : t('orders.oneUnnamed');
  if (!data) {
    return <Page title={title}>{error ? <ErrorBox fault={error} retry={() => void refetch()} /> : <Loading />}</Page>;
  }
  return (
    <Page
      title={title}
      lead={<bdi>{data.restaurant_name || data.restaurant_code}</bdi>}
      actions={<Acts order={data} />}
    >
      <Stack gap="xl" maw={900}>
        <Alert
          color={data.good ? 'green' : 'amber'}
          icon={data.good ? <IconCircleCheck size={28} /> : <IconInfoCircle size={28} />}
          p="md"
        >
          <Text fz="1.3rem" lh={1.35} fw={600}>
            {data.why}
          </Text>
        </Alert>
        <Stages order={data} />
        <OrderFacts order={data} />
        <div>
          <Title order={2} mb="md">
            {t('orders.timeline')}
          </Title>
          <OrderTimeline order={data} />
        </div>
        <Dishes dishes={data.dishes} />
      </Stack>
    </Page>
  );
}

function Stages({ order }: { order: OrderDetail }) {
  const format = useFormat();
  const times: Partial<Record<StageWord, string>> = {};
  for (const one of order.stages) {
    const stage = findStage(one.stage);
    if (stage) times[stage.word] = format.time(one.at, order.zone);
  }
  return <StageBar stage={order.stage} times={times} />;
}

function OrderFacts({ order }: { order: OrderDetail }) {
  const { t } = useTranslation();
  const may = useMay();
  const reveal = order.guest && may('contacts:reveal') ? revealPhone(order.guest.id) : undefined;
  return (
    <Paper>
      <Facts
        facts={[
          [t('orders.guest'), <MaskedPhone key="phone" masked={order.phone ?? ''} reveal={reveal} />],
          [t('orders.table'), order.table && <bdi>{order.table}</bdi>],
          [t('orders.type'), order.type && <bdi>{order.type}</bdi>],
          [t('orders.firstSeen'), <RelativeTime key="first" at={order.first_seen} zone={order.zone} />],
          [t('orders.changed'), <RelativeTime key="last" at={order.last_event} zone={order.zone} />],
          [t('orders.state'), t(order.closed ? 'orders.closed' : 'orders.isOpen')],
          ['GUID', order.guid && <code>{order.guid}</code>],
        ]}
      />
    </Paper>
  );
}

function Acts({ order }: { order: OrderDetail }) {
  const { t } = useTranslation();
  const may = useMay();
  const [binding, bind] = useDisclosure(false);
  const [trying, trial] = useDisclosure(false);
  const attempt = useTryOrder(order.id);
  return (
    <Group gap="xs">
      {may('contacts:write') && !order.has_contact ? <Button onClick={bind.open}>{t('orders.bind')}</Button> : null}
      {may('rules:read') ? (
        <Button
          variant="default"
          onClick={() => {
            attempt.mutate();
            trial.open();
          }}
        >
          {t('orders.try')}
        </Button>
      ) : null}
      <BindPhone order={order} opened={binding} onClose={bind.close} />
      <Modal opened={trying} onClose={trial.close} title={t('trial.title')} size="lg">
        <Text c="dimmed" mb="md">
          {t('trial.text')}
        </Text>
        {attempt.isPending ? <Loading /> : null}
        <ErrorBox fault={attempt.error} />
        {attempt.data ? <Trials trials={attempt.data} /> : null}
      </Modal>
    </Group>
  );
}
