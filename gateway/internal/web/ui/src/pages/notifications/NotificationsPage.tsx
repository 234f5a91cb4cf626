import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useAccounts, useProviders } from '@/api/accounts';
import { ErrorBox } from '@/components/ErrorBox';
import { Loading } from '@/components/Loading';
import { Page } from '@/components/Page';
import { notificationsQuery } from './api';
import { NotificationsForm } from './NotificationsForm';

/** The settings page of the old module, word for word and in its order, with what it could not show beside it. */
export default function NotificationsPage() {
  const { t } = useTranslation();
  const page = useQuery(notificationsQuery);
  const accounts = useAccounts();
  const providers = useProviders();
  const fault = page.error ?? accounts.error ?? providers.error;
  return (
    <Page title={t('nav.notifications')} lead={t('notify.lead')}>
      {page.data && accounts.data && providers.data ? (
        <NotificationsForm page={page.data} accounts={accounts.data} providers={providers.data} />
      ) : fault ? (
        <ErrorBox fault={fault} retry={() => void page.refetch()} />
      ) : (
        <Loading />
      )}
    </Page>
  );
}
