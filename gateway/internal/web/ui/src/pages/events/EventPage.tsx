import { Anchor, Badge, Button, Code, Group, Modal, Paper, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useEvent, useRawEvent, useReplayEvent, useTryEvent } from '@/api/events';
import { useMay } from '@/api/session';
import type { EventDetail } from '@/api/types';
import { useZone } from '@/api/zone';
import { ErrorBox } from '@/components/ErrorBox';
import { Facts } from '@/components/Facts';
import { Loading } from '@/components/Loading';
import { notify } from '@/components/notify';
import { OrderNumber } from '@/components/OrderNumber';
import { Page } from '@/components/Page';
import { RelativeTime } from '@/components/RelativeTime';
import { Trials } from '@/components/Trials';
import { EventStatus } from './EventsPage';

const outcomeColors: Record<string, string> = { sends: 'green', skipped: 'gray', waiting: 'amber', failed: 'red' };

/** One posting: what it said, what it led to, and its very bytes. */
export default function EventPage() {
  const { t } = useTranslation();
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const zone = useZone();
  const { data, error, refetch } = useEvent(id);
  if (!data) {
    return (
      <Page title={t('events.one')}>
        {error ? <ErrorBox fault={error} retry={() => void refetch()} /> : <Loading />}
      </Page>
    );
  }
  return (
    <Page title={data.summary || t('events.notUnderstood')} actions={<Acts event={data} />}>
      <Stack gap="lg" maw={960}>
        <Group gap="sm">
          <EventStatus status={data.status} />
          <Text style={{ flex: '1 1 240px' }}>
            <bdi>{data.note}</bdi>
          </Text>
        </Group>
        <Paper>
          <Facts
            facts={[
              [t('events.time'), <RelativeTime key="at" at={data.received_at} zone={zone} />],
              [t('events.restaurant'), data.restaurant_code],
              [t('events.source'), data.source],
              [t('events.size'), data.size ? t('events.bytes', { count: data.size }) : t('events.bodyGone')],
              [t('messages.id'), <code key="id">{data.id}</code>],
            ]}
          />
        </Paper>
        <Decisions event={data} />
        <Raw event={data} />
      </Stack>
    </Page>
  );
}

function Decisions({ event }: { event: EventDetail }) {
  const { t } = useTranslation();
  return (
    <div>
      <Title order={2} mb="sm">
        {t('events.decisions')}
      </Title>
      {event.decisions.length === 0 ? <Text c="dimmed">{t('events.noDecisions')}</Text> : null}
      <Stack gap="sm">
        {event.decisions.map((one) => (
          <Paper key={one.id} p="sm">
            <Group gap="xs">
              <Badge color={outcomeColors[one.outcome] ?? 'gray'}>{t(`outcome.${one.outcome}`)}</Badge>
              <OrderNumber number={one.order_number} id={one.order_id} />
              <Text size="sm" c="dimmed">
                {one.change} · {one.rule} · {one.rule_version.slice(0, 8)}
              </Text>
            </Group>
            {one.why ? <Text size="sm">{one.why}</Text> : null}
            {one.message_ids.map((message) => (
              <Anchor
                key={message}
                size="sm"
                className="ob-link"
                renderRoot={(props) => <Link to={`/messages/${message}`} {...props} />}
              >
                {t('events.toMessage')}
              </Anchor>
            ))}
          </Paper>
        ))}
      </Stack>
    </div>
  );
}

function Raw({ event }: { event: EventDetail }) {
  const { t } = useTranslation();
  const may = useMay();
  const [wanted, { open }] = useDisclosure(false);
  const raw = useRawEvent(event.id, wanted);
  if (!may('events:raw') || event.size === 0) return null;
  return (
    <div>
      <Title order={2} mb="sm">
        {t('events.raw')}
      </Title>
      {wanted ? null : (
        <Button variant="default" onClick={open}>
          {t('events.showRaw')}
        </Button>
      )}
      {wanted && raw.isPending ? <Loading /> : null}
      <ErrorBox fault={raw.error} retry={() => void raw.refetch()} />
      {raw.data ? (
        <>
          <Text size="sm" c="dimmed" mb={4}>
            {t('events.encoding', { encoding: raw.data.encoding })}
            {raw.data.cut ? ` · ${t('events.cut')}` : ''}
          </Text>
          <Code block mah={480} tabIndex={0} style={{ overflow: 'auto' }}>
            {raw.data.text || raw.data.hex}
          </Code>
        </>
      ) : null}
    </div>
  );
}

function Acts({ event }: { event: EventDetail }) {
  const { t } = useTranslation();
  const may = useMay();
  const [trying, trial] = useDisclosure(false);
  const attempt = useTryEvent(event.id);
  const replay = useReplayEvent(event.id);
  return (
    <>
      {may('rules:read') && event.size > 0 ? (
        <Button
          variant="default"
          onClick={() => {
            attempt.mutate();
            trial.open();
          }}
        >
          {t('events.try')}
        </Button>
      ) : null}
      {may('events:write') && event.size > 0 ? (
        <Button
          variant={event.status === 'done' ? 'default' : 'filled'}
          loading={replay.isPending}
          onClick={() => replay.mutate(undefined, { onSuccess: () => void notify(t('events.replayed')) })}
        >
          {t('events.replay')}
        </Button>
      ) : null}
      <ErrorBox fault={replay.error} />
      <Modal opened={trying} onClose={trial.close} title={t('trial.title')} size="lg">
        <Text c="dimmed" mb="md">
          {t('trial.text')}
        </Text>
        {attempt.isPending ? <Loading /> : null}
        <ErrorBox fault={attempt.error} />
        {attempt.data ? <Trials trials={attempt.data} /> : null}
      </Modal>
    </>
  );
}
