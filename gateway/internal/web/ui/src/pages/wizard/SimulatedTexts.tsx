import { Paper, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { WizardState } from '@/api/types';
import { RelativeTime } from '@/components/RelativeTime';

/** What the simulators took: instead of a phone. */
export function SimulatedTexts({ simulators }: { simulators: WizardState['simulators'] }) {
  const { t } = useTranslation();
  const texts = simulators.filter((one) => one.running).flatMap((one) => one.texts);
  if (texts.length === 0) return null;
  return (
    <Paper bg="var(--ob-quiet)">
      <Text size="sm" fw={600} mb="xs">
        {t('wizard.simulated')}
      </Text>
      <Stack gap={6}>
        {texts.map((one) => (
          <Text key={`${one.at} ${one.to} ${one.text}`} size="sm">
            <RelativeTime at={one.at} /> {one.to}: <bdi>{one.text}</bdi>
          </Text>
        ))}
      </Stack>
    </Paper>
  );
}
