import { useTranslation } from 'react-i18next';
import { ErrorBox } from '@/components/ErrorBox';
import { Page } from '@/components/Page';

/** A page broke, or its script could not be fetched: the rest of the frame still works. */
export function PageFault({ error }: { error: unknown }) {
  const { t } = useTranslation();
  return (
    <Page title={t('error.page')}>
      <ErrorBox fault={error} retry={() => window.location.reload()} />
    </Page>
  );
}
