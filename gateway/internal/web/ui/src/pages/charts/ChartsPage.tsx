import { BarChart, LineChart } from '@mantine/charts';
import { Paper, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { IconChartBar } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import '@mantine/charts/styles.css';
import { api, given } from '@/api/client';
import type { ChartPoint } from '@/api/types';
import { useZone } from '@/api/zone';
import { EmptyState } from '@/components/EmptyState';
import { ErrorBox } from '@/components/ErrorBox';
import { Loading } from '@/components/Loading';
import { Page } from '@/components/Page';
import { useFilters } from '@/components/useFilters';
import { day, useFormat } from '@/i18n/format';

const spans = { day: 1, week: 7, month: 30 } as const;
type Span = keyof typeof spans;

const isSpan = (text: string | undefined): text is Span => text !== undefined && text in spans;

/** How many texts, how many arrived, how soon, and for how much. Each chart answers one question. */
export default function ChartsPage() {
  const { t } = useTranslation();
  const { filters, set } = useFilters();
  const span: Span = isSpan(filters.span) ? filters.span : 'week';
  const points = useQuery({
    queryKey: ['charts', span],
    queryFn: async ({ signal }) => {
      const now = Date.now();
      const query = {
        from: new Date(now - spans[span] * day).toISOString(),
        to: new Date(now).toISOString(),
        step: span === 'day' ? ('hour' as const) : ('day' as const),
      };
      return (await given(api.GET('/api/v1/charts', { params: { query }, signal }))) ?? [];
    },
    refetchInterval: 60_000,
  });
  // Bars begin at the restaurant's midnight, not at this browser's.
  const zone = useZone();
  return (
    <Page
      title={t('nav.charts')}
      actions={
        <SegmentedControl
          aria-label={t('charts.span')}
          value={span}
          onChange={(next) => set({ span: next })}
          data={(Object.keys(spans) as Span[]).map((value) => ({ value, label: t(`charts.span.${value}`) }))}
        />
      }
    >
      {points.data ? (
        <Charts points={points.data} hourly={span === 'day'} zone={zone} />
      ) : points.error ? (
        <ErrorBox fault={points.error} retry={() => void points.refetch()} />
      ) : (
        <Loading />
      )}
    </Page>
  );
}

function Charts({ points, hourly, zone }: { points: ChartPoint[]; hourly: boolean; zone?: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!points.some((one) => one.texts > 0)) {
    return (
      <EmptyState icon={IconChartBar} title={t('charts.empty')}>
        {t('charts.emptyText')}
      </EmptyState>
    );
  }
  const sum = (of: (one: ChartPoint) => number) => points.reduce((total, one) => total + of(one), 0);
  const texts = sum((one) => one.texts);
  const currency = points.find((one) => one.currency)?.currency ?? 'RUB';
  const cost = sum((one) => one.cost_nanos);
  const moneyOf = (nanos: number) =>
    format.money({ units: Math.trunc(nanos / 1e9), nanos: Math.round((nanos % 1e9) / 1e7) * 1e7, currency });
  const money = moneyOf(cost);
  const rows = points.map((one) => ({
    at: hourly ? format.time(one.at, zone) : format.shortDate(one.at, zone),
    [t('today.delivered')]: one.delivered,
    [t('charts.under')]: Math.max(0, one.texts - one.delivered - one.failed - one.unknown),
    [t('today.failed')]: one.failed,
    [t('today.unknown')]: one.unknown,
    [t('charts.half')]: Math.round(one.p50_s * 10) / 10,
    [t('charts.most')]: Math.round(one.p95_s * 10) / 10,
    [t('today.cost')]: Math.round(one.cost_nanos / 1e7) / 100,
  }));
  return (
    <Stack gap="lg">
      <Chart
        title={t('charts.texts')}
        answer={t('charts.textsAnswer', { count: texts, rate: format.percent(sum((one) => one.delivered) / texts) })}
      >
        <BarChart
          h={260}
          data={rows}
          dataKey="at"
          type="stacked"
          maxBarWidth={48}
          yAxisProps={{ allowDecimals: false }}
          withLegend
          series={[
            { name: t('today.delivered'), color: 'green.6' },
            { name: t('charts.under'), color: 'blue.5' },
            { name: t('today.failed'), color: 'red.6' },
            { name: t('today.unknown'), color: 'violet.5' },
          ]}
        />
      </Chart>
      <Chart title={t('charts.soon')} answer={t('charts.soonAnswer')}>
        <LineChart
          h={240}
          data={rows}
          dataKey="at"
          withLegend
          valueFormatter={(seconds) => `${format.number(seconds, 3)}${t('charts.seconds')}`}
          series={[
            { name: t('charts.most'), color: 'gray.6' },
            { name: t('charts.half'), color: 'amber.6' },
          ]}
        />
      </Chart>
      <Chart
        title={t('charts.cost')}
        answer={t('charts.costAnswer', { money, parts: format.number(sum((one) => one.segments)) })}
      >
        <BarChart
          h={220}
          maxBarWidth={48}
          data={rows}
          dataKey="at"
          valueFormatter={(amount) => moneyOf(amount * 1e9)}
          series={[{ name: t('today.cost'), color: 'amber.5' }]}
        />
      </Chart>
    </Stack>
  );
}

/** A chart under the question that it answers, with the answer in words. */
function Chart({ title, answer, children }: { title: string; answer: string; children: ReactNode }) {
  return (
    <Paper>
      <Title order={2}>{title}</Title>
      <Text mb="md">{answer}</Text>
      <div role="img" aria-label={`${title} ${answer}`}>
        {children}
      </div>
    </Paper>
  );
}
