import { useTranslation } from 'react-i18next';
import { EmptyState } from '@/components/EmptyState';
import { Page } from '@/components/Page';

/** The home page. */
export default function TodayPage() {
  const { t } = useTranslation();
  return (
    <Page title={t('nav.today')}>
      <EmptyState title={t('today.empty')}>{t('today.emptyText')}</EmptyState>
    </Page>
  );
}
