import { Alert, Box, Button, Group, Stack, Text } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import i18next, { type TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, given } from '@/api/client';
import { pageSize, useList } from '@/api/lists';
import type { AuditRecord, AuditVerdict } from '@/api/types';
import { EmptyState } from '@/components/EmptyState';
import { ErrorBox } from '@/components/ErrorBox';
import { FilterField } from '@/components/FilterField';
import { type Column, KeysetList } from '@/components/KeysetList';
import { Page } from '@/components/Page';
import { RelativeTime } from '@/components/RelativeTime';
import { useFilters } from '@/components/useFilters';
import { language } from '@/i18n/language';
import { Changes } from './Changes';

/** Who changed or looked at what, when and from where. Nothing in it can be changed unseen. */
export default function AuditPage() {
  const { t } = useTranslation();
  const { filters, set, clear, filtered } = useFilters();
  const { actor, action, object } = filters;
  const query = useList<AuditRecord>('audit', { actor, action, object }, (after, signal) =>
    given(api.GET('/api/v1/audit', { params: { query: { actor, action, object, after, limit: pageSize } }, signal })),
  );
  const verify = useQuery({
    queryKey: ['audit-verify', language()],
    queryFn: ({ signal }) => given(api.GET('/api/v1/audit/verify', { signal })),
  });
  const [asked, setAsked] = useState(false);
  const columns: Column<AuditRecord>[] = [
    { key: 'time', label: t('messages.time'), render: (row) => <RelativeTime at={row.at} size="sm" /> },
    { key: 'actor', label: t('audit.actor'), render: (row) => <Actor row={row} /> },
    { key: 'action', label: t('audit.action'), render: (row) => <Action row={row} /> },
    { key: 'object', label: t('audit.object'), width: '16%', render: (row) => <Said>{row.object}</Said> },
    { key: 'detail', label: t('audit.detail'), render: (row) => <Detail row={row} /> },
    { key: 'outcome', label: t('audit.outcome'), render: (row) => <Outcome row={row} /> },
    { key: 'from', label: t('audit.from'), wide: true, render: (row) => <From row={row} /> },
  ];
  return (
    <Page
      title={t('nav.audit')}
      lead={t('audit.lead')}
      actions={
        <Button
          variant="default"
          loading={verify.isFetching}
          onClick={() => {
            setAsked(true);
            void verify.refetch();
          }}
        >
          {t('audit.verify')}
        </Button>
      }
    >
      <ErrorBox fault={verify.error} />
      {verify.data ? <Verdict found={verify.data} asked={asked} /> : null}
      <Group gap="xs" mb="md">
        <FilterField label={t('audit.actor')} value={actor ?? ''} onChange={(next) => set({ actor: next })} />
        <FilterField label={t('audit.action')} value={action ?? ''} onChange={(next) => set({ action: next })} />
        <FilterField label={t('audit.object')} value={object ?? ''} onChange={(next) => set({ object: next })} />
        {filtered ? (
          <Button variant="subtle" onClick={clear}>
            {t('list.reset')}
          </Button>
        ) : null}
      </Group>
      <KeysetList
        label={t('nav.audit')}
        query={query}
        columns={columns}
        rowKey={(row) => String(row.n)}
        card={(row) => (
          <Stack gap={2}>
            <Group justify="space-between">
              <Said>{row.actor || t('audit.nobody')}</Said>
              <RelativeTime at={row.at} size="sm" />
            </Group>
            <Action row={row} />
            <Said>{[row.object, outcomeOf(row, t)].filter(Boolean).join(' · ')}</Said>
            <Detail row={row} />
          </Stack>
        )}
        empty={
          <EmptyState icon={IconHistory} title={t(filtered ? 'list.nothingFits' : 'audit.empty')}>
            {t(filtered ? 'list.nothingFitsText' : 'audit.emptyText')}
          </EmptyState>
        }
      />
    </Page>
  );
}

/** That somebody changed the log past Orderbell is said unasked; that all is well only to who asks. */
function Verdict({ found, asked }: { found: AuditVerdict; asked: boolean }) {
  const { t } = useTranslation();
  const faults = found.faults ?? [];
  if (faults.length === 0 && !asked) return null;
  return (
    <Alert
      color={faults.length ? 'red' : 'green'}
      mb="md"
      role="status"
      title={faults.length ? t('audit.broken') : undefined}
    >
      {faults.length
        ? faults.map((one) => t('audit.flaw', { n: one.n, why: one.text || one.why })).join(' ')
        : t('audit.whole', { count: found.records })}
    </Alert>
  );
}

/** What was done, in words where we have some; the word of the log itself, by which it is filtered, is below. */
function Action({ row }: { row: AuditRecord }) {
  const { t } = useTranslation();
  const key = `audit.did.${row.action}`;
  return (
    <Box miw={165}>
      {i18next.exists(key) ? <Text size="sm">{t(key as 'audit.done')}</Text> : null}
      <Text size="xs" c="dimmed" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
        {row.action}
      </Text>
    </Box>
  );
}

function Detail({ row }: { row: AuditRecord }) {
  // What says least comes last: it may be cut.
  const details = Object.entries(row.detail ?? {})
    .sort(([a], [b]) => Number(a === 'id') - Number(b === 'id'))
    .map(([name, value]) => `${name}: ${value}`);
  return (
    <Stack gap={4} maw={420}>
      {row.changes?.length ? <Changes changes={row.changes} /> : null}
      {details.length > 0 ? <Said lines={4}>{details.join(', ')}</Said> : null}
    </Stack>
  );
}

/** In whole: why something was refused is what one looks for. */
function Outcome({ row }: { row: AuditRecord }) {
  const { t } = useTranslation();
  return <Text size="sm">{outcomeOf(row, t)}</Text>;
}

/** How it ended: done, or refused and why. */
function outcomeOf(row: AuditRecord, t: TFunction): string {
  if (row.outcome === 'done') return t('audit.done');
  if (row.outcome === 'begun') return t('audit.begun');
  const why = row.outcome.replace(/^refused: /, '');
  if (why === row.outcome) return row.outcome;
  const key = `audit.why.${why}`;
  return t('audit.refused', { why: i18next.exists(key) ? t(key as 'audit.done') : why });
}

/** A name is the first thing one looks for: it is not broken where it fits. */
function Actor({ row }: { row: AuditRecord }) {
  const { t } = useTranslation();
  return (
    <Text size="sm" lineClamp={2} miw={76} maw={160}>
      <bdi>{row.actor || t('audit.nobody')}</bdi>
    </Text>
  );
}

/** An address is read in one piece; one of IPv6 may be long. */
function From({ row }: { row: AuditRecord }) {
  return (
    <Text size="sm" miw="max-content">
      <bdi>{row.from ?? ''}</bdi>
    </Text>
  );
}

function Said({ children, lines = 2 }: { children: string; lines?: number }) {
  return (
    <Text size="sm" lineClamp={lines} maw={320} style={{ overflowWrap: 'anywhere' }}>
      <bdi>{children}</bdi>
    </Text>
  );
}
