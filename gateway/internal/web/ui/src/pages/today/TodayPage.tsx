import { Alert, Anchor, Button, SimpleGrid, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { api, given } from '@/api/client';
import { useMay } from '@/api/session';
import type { Finding, Today } from '@/api/types';
import { ErrorBox } from '@/components/ErrorBox';
import { Findings, PlaceLink } from '@/components/Findings';
import { Loading } from '@/components/Loading';
import { Money } from '@/components/Money';
import { Page } from '@/components/Page';
import { useFormat } from '@/i18n/format';
import { language } from '@/i18n/language';

// The sentence is there before the feed is.
const LiveFeed = lazy(async () => ({ default: (await import('./LiveFeed')).LiveFeed }));

/** The home page: whether all is well and, if not, what to do; then what happens, as it happens. */
export default function TodayPage() {
  const { t } = useTranslation();
  const may = useMay();
  const today = useQuery({
    queryKey: ['today', language()],
    queryFn: ({ signal }) => given(api.GET('/api/v1/today', { signal })),
    refetchInterval: 10_000,
    enabled: may('system:read'),
  });
  return (
    <Page title={t('nav.today')}>
      <Stack gap="lg">
        {today.data ? (
          <State today={today.data} />
        ) : (
          <ErrorBox fault={today.error} retry={() => void today.refetch()} />
        )}
        {may('system:read') && today.isPending ? <Loading /> : null}
        <Suspense fallback={<Loading />}>
          {may('events:read') ? <LiveFeed zone={today.data?.zone} heard={today.data?.first_event ?? true} /> : null}
        </Suspense>
      </Stack>
    </Page>
  );
}

function State({ today }: { today: Today }) {
  const { t } = useTranslation();
  const inSentence = (one: Finding) => today.sentence.includes(one.summary.replace(/\.$/, ''));
  const told = today.first_event ? today.findings.find(inSentence) : undefined;
  return (
    <Stack gap="sm">
      <Alert
        color={today.well ? 'green' : 'orange'}
        icon={today.well ? <IconCircleCheck size={26} /> : <IconAlertTriangle size={26} />}
        role="status"
        p="md"
      >
        <Text size="lg" fw={500} lh={1.45}>
          {today.sentence}
        </Text>
        {told?.link ? <PlaceLink link={told.link} /> : null}
        {today.first_event ? null : (
          <Button mt="sm" renderRoot={(props) => <Link to="/wizard" {...props} />}>
            {t('wizard.open')}
          </Button>
        )}
      </Alert>
      <Findings findings={today.findings.filter((one) => one.severity !== 'ok' && !inSentence(one))} />
      {today.first_event ? <Numbers today={today} /> : null}
    </Stack>
  );
}

/** The day in numbers, each of which leads to what it counts. */
function Numbers({ today }: { today: Today }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <SimpleGrid cols={{ base: 2, xs: 3, lg: 6 }} spacing="sm" role="group" aria-label={t('today.numbers')}>
      <Count label={t('today.events')} value={format.number(today.events)} to="/events" />
      <Count label={t('today.texts')} value={format.number(today.texts)} to="/messages" />
      <Count
        label={t('today.delivered')}
        value={format.number(today.delivered)}
        to="/messages"
        search={{ status: 'delivered' }}
      />
      <Count
        label={t('today.failed')}
        value={format.number(today.failed)}
        to="/messages"
        search={{ status: 'undelivered,rejected' }}
        tone={today.failed > 0 ? 'red' : undefined}
      />
      <Count
        label={t('today.unknown')}
        value={format.number(today.unknown)}
        to="/messages"
        search={{ status: 'unknown' }}
        tone={today.unknown > 0 ? 'violet' : undefined}
      />
      <Count label={t('today.cost')} value={today.cost ? <Money amount={today.cost} /> : '—'} to="/messages" />
    </SimpleGrid>
  );
}

function Count({
  label,
  value,
  to,
  search,
  tone,
}: {
  label: string;
  value: ReactNode;
  to: string;
  search?: Record<string, string>;
  tone?: string;
}) {
  return (
    <Anchor
      underline="never"
      c="inherit"
      className="ob-count"
      renderRoot={(props) => <Link to={to} search={search as never} {...props} />}
    >
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <Text fz="1.35rem" fw={650} c={tone ? `var(--mantine-color-${tone}-text)` : undefined}>
        {value}
      </Text>
    </Anchor>
  );
}
