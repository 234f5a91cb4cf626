import { Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useMay } from '@/api/session';
import type { NotificationPage } from '@/api/types';
import { ErrorBox } from '@/components/ErrorBox';
import { RouteField } from '@/components/RouteField';
import { SaveBar } from '@/components/SaveBar';
import { useDraft } from '@/components/useDraft';
import { notificationsQuery, useSaveNotifications } from '@/pages/notifications/api';

/** Who sends first, and who when the first one cannot. */
export function RouteOrder({ titles }: { titles: Record<string, string> }) {
  const may = useMay();
  const { data } = useQuery({ ...notificationsQuery, enabled: may('settings:read') });
  return data ? <Order page={data} titles={titles} /> : null;
}

function Order({ page, titles }: { page: NotificationPage; titles: Record<string, string> }) {
  const { t } = useTranslation();
  const may = useMay();
  const { draft, change, reset, dirty } = useDraft({ route: page.settings.route });
  const save = useSaveNotifications();
  const declared = page.declared.some((one) => one.endsWith('route'));
  return (
    <div>
      <Title order={2} mb={4}>
        {t('notify.name.route')}
      </Title>
      <Text c="dimmed" mb="md">
        {declared ? t('declared') : t('notify.routeHelp')}
      </Text>
      <div style={{ maxWidth: 560 }}>
        <RouteField
          route={draft.route}
          accounts={titles}
          readOnly={declared || !may('settings:write')}
          onChange={(route) => change({ route })}
        />
      </div>
      <ErrorBox fault={save.error} />
      <SaveBar
        changed={dirty ? [t('notify.name.route')] : []}
        saving={save.isPending}
        onReset={reset}
        onSave={() => save.mutate({ settings: { ...page.settings, route: draft.route }, revision: page.revision })}
      />
    </div>
  );
}
