import { Badge, Code, Group, Paper, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Trial } from '@/api/types';

const colors: Record<Trial['outcome'], string> = { sends: 'green', skipped: 'gray', waiting: 'amber', failed: 'red' };

/** What the rules would decide; nothing of it was sent or stored. */
export function Trials({ trials }: { trials: Trial[] }) {
  const { t } = useTranslation();
  if (trials.length === 0) return <Text c="dimmed">{t('trial.none')}</Text>;
  return (
    <Stack gap="sm">
      {trials.map((one) => (
        <Paper key={`${one.rule} ${one.change}`} p="sm">
          <Group gap="xs">
            <Badge color={colors[one.outcome]}>{t(`outcome.${one.outcome}`)}</Badge>
            <Text fw={500}>{one.rule}</Text>
            <Text size="sm" c="dimmed">
              {one.change} · {one.version.slice(0, 8)} · {t('trial.micros', { value: one.micros })}
            </Text>
          </Group>
          {one.why ? (
            <Text size="sm" mt={4}>
              {one.why}
            </Text>
          ) : null}
          {one.messages.map((message) => (
            <Text key={message.dedupe} size="sm" mt={6} p="xs" bg="var(--ob-quiet)" style={{ borderRadius: 6 }}>
              {message.to}: <bdi>{message.text}</bdi>
            </Text>
          ))}
          {one.error ? (
            <Text size="sm" c="red.8" mt={6}>
              {one.error.where} {one.error.text} {one.error.cure}
            </Text>
          ) : null}
          {one.log.length > 0 ? (
            <Code block mt="xs">
              {one.log.join('\n')}
            </Code>
          ) : null}
        </Paper>
      ))}
    </Stack>
  );
}
