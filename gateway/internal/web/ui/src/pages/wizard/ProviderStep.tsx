import { Alert, Stack, Text } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { manifestOf } from '@/api/accounts';
import type { Account, Provider, WizardState } from '@/api/types';
import { AccountEditor } from '@/components/AccountEditor';
import { BalanceButton } from '@/components/BalanceButton';
import { textOf } from '@/components/manifest';
import { ImportBox } from './ImportBox';
import { SimulatorChoice } from './SimulatorChoice';

/** Which aggregator sends: one's own account, the old module's settings, or a simulator to try it all. */
export function ProviderStep({
  state,
  accounts,
  providers,
  onDone,
}: {
  state: WizardState;
  accounts: Account[];
  providers: Provider[];
  onDone: () => void;
}) {
  const { t, i18n } = useTranslation();
  const [start, setStart] = useState<{ provider?: string; values?: Record<string, string> }>({});
  const first = accounts[0];
  if (first) {
    const manifest = manifestOf(providers, first.provider);
    return (
      <Stack>
        <Alert
          color="green"
          icon={<IconCircleCheck />}
          title={t('wizard.connected', { name: textOf(manifest?.title, i18n.language) || first.provider })}
        >
          {t('wizard.connectedText')}
        </Alert>
        {manifest?.abilities.includes('balance') ? <BalanceButton account={first.name} known={first.balance} /> : null}
      </Stack>
    );
  }
  return (
    <Stack>
      <Text>{t('wizard.providerText')}</Text>
      <AccountEditor key={JSON.stringify(start)} providers={providers} taken={[]} start={start} onSaved={onDone} />
      <Alert title={t('wizard.other')} color="gray">
        <Stack gap="md" align="flex-start">
          <SimulatorChoice
            simulators={state.simulators}
            providers={providers}
            onRun={(provider, values) => setStart({ provider, values })}
          />
          <ImportBox onUnderstood={(found) => setStart({ provider: found.provider, values: found.settings })} />
        </Stack>
      </Alert>
    </Stack>
  );
}
