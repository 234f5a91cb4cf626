import { Anchor, Badge, Button, Group, Stack, Text } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api, given } from '@/api/client';
import { pageSize, useList } from '@/api/lists';
import type { Contact } from '@/api/types';
import { EmptyState } from '@/components/EmptyState';
import { FilterField } from '@/components/FilterField';
import { type Column, KeysetList } from '@/components/KeysetList';
import { Page } from '@/components/Page';
import { RelativeTime } from '@/components/RelativeTime';
import { useFilters } from '@/components/useFilters';

export const consentColors: Record<Contact['consent'], string> = { given: 'green', withdrawn: 'red', none: 'gray' };

/** The guests whose phones are kept, and what they have agreed to. */
export default function ContactsPage() {
  const { t } = useTranslation();
  const { filters, set, clear, filtered } = useFilters();
  const phone = filters.phone ?? '';
  const query = useList<Contact>('contacts', { phone }, (after, signal) =>
    given(
      api.GET('/api/v1/contacts', { params: { query: { phone: phone || undefined, after, limit: pageSize } }, signal }),
    ),
  );
  const columns: Column<Contact>[] = [
    { key: 'phone', label: t('orders.guest'), render: (row) => <Phone contact={row} /> },
    { key: 'consent', label: t('contacts.consent'), render: (row) => <Consent contact={row} /> },
    { key: 'orders', label: t('nav.orders'), align: 'right', render: (row) => row.orders },
    { key: 'messages', label: t('nav.messages'), align: 'right', render: (row) => row.messages },
    {
      key: 'time',
      label: t('orders.changed'),
      align: 'right',
      render: (row) => <RelativeTime at={row.updated_at} size="sm" />,
    },
  ];
  return (
    <Page title={t('nav.contacts')} lead={t('contacts.lead')}>
      <Group gap="xs" mb="md">
        <FilterField label={t('contacts.search')} value={phone} width={240} onChange={(next) => set({ phone: next })} />
        {filtered ? (
          <Button variant="subtle" onClick={clear}>
            {t('list.reset')}
          </Button>
        ) : null}
      </Group>
      <KeysetList
        label={t('nav.contacts')}
        query={query}
        columns={columns}
        rowKey={(row) => row.id}
        href={(row) => `/contacts/${row.id}`}
        card={(row) => (
          <Stack gap={4}>
            <Group justify="space-between">
              <Phone contact={row} />
              <RelativeTime at={row.updated_at} size="sm" />
            </Group>
            <Consent contact={row} />
          </Stack>
        )}
        empty={
          <EmptyState icon={IconUsers} title={t(filtered ? 'list.nothingFits' : 'contacts.empty')}>
            {t(filtered ? 'list.nothingFitsText' : 'contacts.emptyText')}
          </EmptyState>
        }
      />
    </Page>
  );
}

function Phone({ contact }: { contact: Contact }) {
  return (
    <Anchor fw={600} className="ob-link" renderRoot={(props) => <Link to={`/contacts/${contact.id}`} {...props} />}>
      {contact.phone || contact.id}
    </Anchor>
  );
}

/** What the person agreed to, and whether anybody may write at all. */
export function Consent({ contact }: { contact: Pick<Contact, 'consent' | 'suppressed'> }) {
  const { t } = useTranslation();
  return (
    <Group gap={6}>
      <Badge color={consentColors[contact.consent]}>{t(`consent.${contact.consent}`)}</Badge>
      {contact.suppressed ? (
        <Text size="sm" c="var(--mantine-color-error)">
          {t('contacts.suppressed')} <bdi>{contact.suppressed}</bdi>
        </Text>
      ) : null}
    </Group>
  );
}
