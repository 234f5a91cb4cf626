import { Alert, Text } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { connection } from '@/api/client';
import { RelativeTime } from './RelativeTime';

/** Says that the gateway does not answer, and goes away by itself when it does again. */
export function ConnectionBanner() {
  const { t } = useTranslation();
  const since = useSyncExternalStore(connection.subscribe, connection.goneSince);
  if (since === null) return null;
  return (
    <Alert color="red" icon={<IconPlugConnectedX />} title={t('gone.title')} role="alert" mb="md">
      <Text size="sm">
        {t('gone.text')} (<RelativeTime at={since} />)
      </Text>
    </Alert>
  );
}
