import { Button, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { IconPlug, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { manifestOf, useAccounts, useProviders, useSimulator } from '@/api/accounts';
import { useMay } from '@/api/session';
import { AccountEditor } from '@/components/AccountEditor';
import { EmptyState } from '@/components/EmptyState';
import { ErrorBox } from '@/components/ErrorBox';
import { GuardedModal } from '@/components/GuardedModal';
import { Loading } from '@/components/Loading';
import { textOf } from '@/components/manifest';
import { notify } from '@/components/notify';
import { Page } from '@/components/Page';
import { useFilters } from '@/components/useFilters';
import { AccountCard } from './AccountCard';
import { ProviderCard } from './ProviderCard';
import { RouteOrder } from './RouteOrder';

/** Accounts with their health and money, their order of preference, and what else could be connected. */
export default function ProvidersPage() {
  const { t, i18n } = useTranslation();
  const may = useMay();
  const accounts = useAccounts();
  const providers = useProviders();
  const { filters, set } = useFilters();
  const simulator = useSimulator();
  // Settings of the simulator that was just started; they are of use only with this very start.
  const [simulated, setSimulated] = useState<Record<string, string>>();
  const [typed, setTyped] = useState(false);
  const fault = accounts.error ?? providers.error;
  if (!accounts.data || !providers.data) {
    return (
      <Page title={t('nav.providers')}>
        {fault ? <ErrorBox fault={fault} retry={() => void accounts.refetch()} /> : <Loading />}
      </Page>
    );
  }
  const writes = may('accounts:write');
  const connect = (provider: string, settings?: Record<string, string>) => {
    setSimulated(settings);
    set({ add: provider });
  };
  const simulate = (provider: string) =>
    simulator.mutate(provider, { onSuccess: (run) => connect(provider, run.settings) });
  const close = () => {
    setTyped(false);
    setSimulated(undefined);
    set({ add: '', edit: '' });
  };
  const edited = accounts.data.find((one) => one.name === filters.edit);
  const shown = [...accounts.data].sort((a, b) => (a.route_place || 99) - (b.route_place || 99));
  const titles = Object.fromEntries(
    shown.map((one) => [
      one.name,
      `${textOf(manifestOf(providers.data, one.provider)?.title, i18n.language) || one.provider} · ${one.name}`,
    ]),
  );
  return (
    <Page
      title={t('nav.providers')}
      lead={t('providers.lead')}
      actions={
        writes && shown.length > 0 ? (
          <Button leftSection={<IconPlus size={18} />} onClick={() => set({ add: 'yes' })}>
            {t('providers.add')}
          </Button>
        ) : null
      }
    >
      <Stack gap="xl">
        {shown.length === 0 ? (
          <EmptyState
            icon={IconPlug}
            title={t('notify.noAccount')}
            action={writes ? <Button onClick={() => set({ add: 'yes' })}>{t('providers.add')}</Button> : null}
          >
            {t('providers.emptyText')}
          </EmptyState>
        ) : (
          <SimpleGrid cols={{ base: 1, md: 2 }}>
            {shown.map((account) => (
              <AccountCard
                key={account.name}
                account={account}
                title={titles[account.name] ?? account.name}
                provider={manifestOf(providers.data, account.provider)}
                onEdit={() => set({ edit: account.name })}
              />
            ))}
          </SimpleGrid>
        )}
        {shown.length > 1 ? <RouteOrder titles={titles} /> : null}
        <div>
          <Title order={2} mb={4}>
            {t('providers.available')}
          </Title>
          <Text c="dimmed" mb="md">
            {t('providers.availableText')}
          </Text>
          <ErrorBox fault={simulator.error} />
          <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
            {providers.data.map((provider) => (
              <ProviderCard
                key={provider.name}
                provider={provider}
                onConnect={writes ? () => connect(provider.name) : undefined}
                onSimulate={writes && provider.simulator ? () => simulate(provider.name) : undefined}
                simulating={simulator.isPending && simulator.variables === provider.name}
              />
            ))}
          </SimpleGrid>
        </div>
      </Stack>
      <GuardedModal
        opened={writes && (Boolean(filters.add) || Boolean(edited))}
        typed={typed}
        onClose={close}
        title={edited ? titles[edited.name] : t('providers.add')}
      >
        <AccountEditor
          key={`${filters.edit ?? filters.add} ${JSON.stringify(simulated)}`}
          providers={providers.data}
          taken={shown.map((one) => one.name)}
          account={edited}
          start={{ provider: filters.add === 'yes' ? undefined : filters.add, values: simulated }}
          onCancel={close}
          onTyped={setTyped}
          onSaved={() => {
            void notify(t('save.done'));
            close();
          }}
        />
      </GuardedModal>
    </Page>
  );
}
