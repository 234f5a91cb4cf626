import { Alert, Paper, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { WizardState } from '@/api/types';
import { CopyLine } from '@/components/CopyLine';
import { Findings } from '@/components/Findings';

/** The exact line to paste into the cash server, and what else must be right there. */
export function AddressStep({ state }: { state: WizardState }) {
  const { t } = useTranslation();
  return (
    <Stack>
      <Text>{t('wizard.addressText')}</Text>
      {state.addresses.map((one) => (
        <Paper key={one.url} p="sm">
          <CopyLine label={one.when} value={one.url} />
          {one.works ? null : (
            <Text size="sm" mt={6} c="var(--mantine-color-orange-text)">
              {one.problem || t('wizard.notListening')}
            </Text>
          )}
        </Paper>
      ))}
      <Alert title={t('wizard.several')} color="gray">
        <Text size="sm">{t('wizard.severalText')}</Text>
        <Text size="sm" ff="monospace" mt={4} style={{ overflowWrap: 'anywhere' }}>
          {t('wizard.severalExample', { address: state.joined || state.addresses[0]?.url || '' })}
        </Text>
        <Text size="sm" mt={4}>
          {t('wizard.licence')}
        </Text>
      </Alert>
      <Findings findings={state.notes.filter((one) => one.code !== 'cash_several')} />
    </Stack>
  );
}
