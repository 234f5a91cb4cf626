import { Badge, Code, Group, Paper, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { CaseResult } from '@/api/types';

/** What became of each case. */
export function CaseResults({ results }: { results: CaseResult[] }) {
  const { t } = useTranslation();
  if (results.length === 0) return <Text c="dimmed">{t('rules.noCases')}</Text>;
  return (
    <Stack gap="xs" aria-label={t('rules.cases')}>
      {results.map((one) => (
        <Paper key={one.name} p="xs">
          <Group gap="xs" wrap="nowrap" align="flex-start">
            <Badge color={one.passed ? 'green' : 'red'} miw="max-content">
              {t(one.passed ? 'rules.passed' : 'rules.notPassed')}
            </Badge>
            <Text size="sm">
              <bdi>{one.name}</bdi>
            </Text>
          </Group>
          {one.detail ? (
            <Code block mt="xs">
              {one.detail}
            </Code>
          ) : null}
        </Paper>
      ))}
    </Stack>
  );
}
