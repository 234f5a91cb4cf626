import { Badge, Button, Card, Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Provider } from '@/api/types';
import { textOf } from '@/components/manifest';
import { useFormat } from '@/i18n/format';

/** A provider program: what it can do, and how its process is. */
export function ProviderCard({
  provider,
  onConnect,
  onSimulate,
  simulating = false,
}: {
  provider: Provider;
  onConnect?: () => void;
  /** Tries it at its simulator; none: it has none, or the person may not. */
  onSimulate?: () => void;
  simulating?: boolean;
}) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const broken = ['backoff', 'quarantined', 'missing'].includes(provider.state);
  return (
    <Card>
      <Stack gap="xs" h="100%">
        <Group justify="space-between" wrap="nowrap">
          <Text fw={600}>{textOf(provider.title, i18n.language) || provider.name}</Text>
          {provider.state === 'stopped' ? null : (
            <Badge color={broken ? 'red' : provider.state === 'serving' ? 'green' : 'blue'} miw="max-content">
              {t(`process.${provider.state}`)}
            </Badge>
          )}
        </Group>
        <Text size="sm" c="dimmed">
          {provider.abilities.map((one) => t(`ability.${one}`)).join(' · ')}
        </Text>
        {provider.problem ? (
          <Text size="sm" c="var(--mantine-color-error)">
            <bdi>{provider.problem}</bdi>
          </Text>
        ) : null}
        <Text size="xs" c="dimmed">
          {provider.name} {provider.version}
          {provider.memory_bytes > 0
            ? ` · ${t('process.memory', { mebibytes: format.number(provider.memory_bytes / 1048576) })}`
            : ''}
          {provider.restarts > 0 ? ` · ${t('process.restarts', { count: provider.restarts })}` : ''}
        </Text>
        {onConnect ? (
          <Group mt="auto" pt={4}>
            <Button
              size="xs"
              variant="default"
              onClick={onConnect}
              aria-label={t('providers.connectOne', { name: textOf(provider.title, i18n.language) || provider.name })}
            >
              {t('providers.connect')}
            </Button>
            {onSimulate ? (
              <Button
                size="xs"
                variant="subtle"
                loading={simulating}
                onClick={onSimulate}
                aria-label={t('providers.simulateOne', {
                  name: textOf(provider.title, i18n.language) || provider.name,
                })}
              >
                {t('providers.simulate')}
              </Button>
            ) : null}
          </Group>
        ) : null}
      </Stack>
    </Card>
  );
}
