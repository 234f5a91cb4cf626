import { Alert, Text } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { connection } from '@/api/client';
import { useFormat } from '@/i18n/format';
import { useNow } from './useNow';

/** Says that the gateway does not answer, and goes away by itself when it does again. */
export function ConnectionBanner() {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const since = useSyncExternalStore(connection.subscribe, connection.goneSince);
  if (since === null) return null;
  return (
    <Alert color="red" icon={<IconPlugConnectedX />} title={t('gone.title')} role="alert" mb="md">
      <Text size="sm">
        {t('gone.text')} (<span title={format.absolute(since)}>{format.moment(since, Math.max(now, since))}</span>)
      </Text>
    </Alert>
  );
}
