import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { revealPhone, useMessage } from '@/api/messages';
import { useMay } from '@/api/session';
import type { MessageDetail } from '@/api/types';
import { useZone } from '@/api/zone';
import { ErrorBox } from '@/components/ErrorBox';
import { Facts } from '@/components/Facts';
import { Loading } from '@/components/Loading';
import { MaskedPhone } from '@/components/MaskedPhone';
import { Money } from '@/components/Money';
import { OrderNumber } from '@/components/OrderNumber';
import { Page } from '@/components/Page';
import { RelativeTime } from '@/components/RelativeTime';
import { StatusBadge } from '@/components/StatusBadge';
import { TimeLine } from '@/components/TimeLine';
import { UnknownChoice } from '@/components/UnknownChoice';
import { ActDialog } from './ActDialog';
import { storyOf } from './story';

/** One text: what it says, where it is, and everything that happened to it. */
export default function MessagePage() {
  const { t } = useTranslation();
  const may = useMay();
  const zone = useZone();
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const { data, error, refetch } = useMessage(id);
  const title = data?.order_number ? t('messages.ofOrder', { number: data.order_number }) : t('messages.one');
  if (!data) {
    return <Page title={title}>{error ? <ErrorBox fault={error} retry={() => void refetch()} /> : <Loading />}</Page>;
  }
  return (
    <Page title={title} actions={<Acts message={data} />}>
      <Stack gap="lg" maw={860}>
        <Group gap="sm">
          <StatusBadge status={data.status} />
          <Text style={{ flex: '1 1 240px' }}>{[data.why, data.cure].filter(Boolean).join(' ')}</Text>
        </Group>
        {data.can.includes('settle') && may('messages:write') ? <UnknownChoice id={data.id} why={data.why} /> : null}
        <Paper bg="var(--ob-quiet)">
          <Text size="lg" style={{ whiteSpace: 'pre-wrap' }} c={data.text ? undefined : 'dimmed'}>
            <bdi>{data.text || t('messages.textGone')}</bdi>
          </Text>
        </Paper>
        <Paper>
          <MessageFacts message={data} zone={zone} />
        </Paper>
        <div>
          <Title order={2} mb="md">
            {t('messages.story')}
          </Title>
          <TimeLine label={t('messages.story')} steps={storyOf(data, t)} zone={zone} />
        </div>
      </Stack>
    </Page>
  );
}

/** Where another text would be the second: nothing invites to it. */
const arrives = ['accepted', 'delivered'];

function Acts({ message }: { message: MessageDetail }) {
  const { t } = useTranslation();
  const may = useMay();
  const [resending, resend] = useDisclosure(false);
  const [cancelling, cancel] = useDisclosure(false);
  if (!may('messages:write')) return null;
  return (
    <>
      {message.can.includes('cancel') ? (
        <Button variant="default" onClick={cancel.open}>
          {t('messages.cancel')}
        </Button>
      ) : null}
      {message.can.includes('resend') ? (
        <Button variant={arrives.includes(message.status) ? 'default' : 'filled'} onClick={resend.open}>
          {t('messages.resend')}
        </Button>
      ) : null}
      <ActDialog act="cancel" message={message} opened={cancelling} onClose={cancel.close} />
      <ActDialog act="resend" message={message} opened={resending} onClose={resend.close} />
    </>
  );
}

function MessageFacts({ message, zone }: { message: MessageDetail; zone?: string }) {
  const { t } = useTranslation();
  const may = useMay();
  const reveal = message.contact_id && may('contacts:reveal') ? revealPhone(message.contact_id) : undefined;
  return (
    <Facts
      facts={[
        [t('messages.order'), <OrderNumber key="order" number={message.order_number} id={message.order_id} />],
        [
          t('messages.to'),
          message.to ? <MaskedPhone key="to" masked={message.to} reveal={reveal} /> : t('phone.erased'),
        ],
        [t('messages.restaurant'), <bdi key="place">{message.restaurant_name || message.restaurant_code}</bdi>],
        [t('messages.account'), message.account],
        [t('messages.segments'), message.segments > 0 && String(message.segments)],
        [t('messages.cost'), message.cost && <Money key="cost" amount={message.cost} />],
        [t('messages.rule'), message.rule],
        [t('messages.created'), <RelativeTime key="at" at={message.created_at} zone={zone} />],
        [t('messages.deadline'), <RelativeTime key="until" at={message.deadline} zone={zone} />],
        [t('messages.generation'), message.generation > 0 && String(message.generation)],
        [t('messages.id'), <code key="id">{message.id}</code>],
      ]}
    />
  );
}
