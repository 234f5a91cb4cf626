import { Alert, Button, Group, List, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Problem } from '@/api/problem';
import { problemText } from './problemText';

/** What went wrong, in words; what can be done; the code, small, after. */
export function ErrorBox({
  fault,
  others = [],
  retry,
}: {
  fault: unknown;
  /** Faults of fields that have no place of their own on the form. */
  others?: string[];
  retry?: () => void;
}) {
  const { t } = useTranslation();
  if (!fault) return null;
  const known = fault instanceof Problem ? fault : null;
  const small = [known?.code, known?.requestId].filter(Boolean).join(' · ');
  return (
    <Alert color="red" icon={<IconAlertTriangle />} role="alert" title={t('error.title')} my="sm">
      <Text size="sm">{problemText(fault, t)}</Text>
      {others.length > 0 ? (
        <List size="sm" mt="xs">
          {others.map((line) => (
            <List.Item key={line}>{line}</List.Item>
          ))}
        </List>
      ) : null}
      <Group mt="sm" gap="sm">
        {retry ? (
          <Button size="xs" variant="default" onClick={retry}>
            {t('error.retry')}
          </Button>
        ) : null}
        {small ? (
          <Text size="xs" c="dimmed" ff="monospace">
            {small}
          </Text>
        ) : null}
      </Group>
    </Alert>
  );
}
