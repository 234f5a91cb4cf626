import { Center, Group, Loader, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

/** Long work, with a word. It says nothing for the first moment, so that quick answers do not flicker. */
export function Loading({ label }: { label?: string }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), 200);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Center mih={160} aria-live="polite">
      {shown ? (
        <Group gap="sm">
          <Loader size="sm" />
          <Text c="dimmed">{label ?? t('loading')}</Text>
        </Group>
      ) : null}
    </Center>
  );
}
