import { Button, Group, Paper, SimpleGrid, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useMessageAct } from '@/api/messages';
import { ErrorBox } from './ErrorBox';

/** Nobody knows whether the text went out: the two ways to settle it, and what each risks. */
export function UnknownChoice({ id, why }: { id: string; why?: string }) {
  const { t } = useTranslation();
  const act = useMessageAct();
  return (
    <Paper style={{ borderColor: 'var(--mantine-color-violet-outline)' }}>
      <Text fw={600}>{t('unknown.title')}</Text>
      <Text size="sm" mt={4}>
        {why || t('status.help.unknown')}
      </Text>
      <SimpleGrid cols={{ base: 1, sm: 2 }} mt="md">
        {(['sent', 'again'] as const).map((choice) => (
          <div key={choice}>
            <Group>
              <Button
                variant="default"
                loading={act.isPending && act.variables?.act === choice}
                disabled={act.isPending}
                onClick={() => act.mutate({ id, act: choice })}
              >
                {t(`unknown.${choice}`)}
              </Button>
            </Group>
            <Text size="sm" c="dimmed" mt={4}>
              {t(`unknown.risk.${choice}`)}
            </Text>
          </div>
        ))}
      </SimpleGrid>
      <ErrorBox fault={act.error} />
    </Paper>
  );
}
