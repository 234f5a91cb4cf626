import { Alert, Button, Group, List, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Problem } from '@/api/problem';
import { otherFaults, problemText } from './problemText';

/** What went wrong, in words; what can be done; the code, small, after. */
export function ErrorBox({
  fault,
  shown = none,
  retry,
}: {
  fault: unknown;
  /** Fields that say beside themselves what is wrong with them; what is wrong with any other is listed here. */
  shown?: string[];
  retry?: () => void;
}) {
  const { t } = useTranslation();
  if (!fault) return null;
  const others = otherFaults(fault, shown, t);
  const known = fault instanceof Problem ? fault : null;
  const small = [known?.code, known?.requestId].filter(Boolean).join(' · ');
  return (
    <Alert color="red" icon={<IconAlertTriangle />} role="alert" title={t('error.title')} my="sm">
      <Text size="sm">{problemText(fault, t)}</Text>
      {others.length > 0 ? (
        <List size="sm" mt="xs">
          {others.map((line) => (
            <List.Item key={line}>
              <span style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{line}</span>
            </List.Item>
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

const none: string[] = [];
