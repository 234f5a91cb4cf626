import { Alert, Stack, Text } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Account, WizardState } from '@/api/types';
import { TestText } from '@/components/TestText';
import { SimulatedTexts } from './SimulatedTexts';

/** One real text to one's own phone. */
export function TestStep({ state, accounts }: { state: WizardState; accounts: Account[] }) {
  const { t } = useTranslation();
  const first = accounts.find((one) => one.route_place === 1) ?? accounts[0];
  if (!first) {
    return (
      <Text>
        {t('wizard.noAccount')}{' '}
        <Link to="/wizard" search={{ step: 'provider' } as never}>
          {t('providers.add')}
        </Link>
      </Text>
    );
  }
  return (
    <Stack>
      <Text>{t('wizard.testText')}</Text>
      <TestText account={first.name} />
      {state.test_sent ? (
        <Alert color="green" icon={<IconCircleCheck />}>
          {t('wizard.testDone')}
        </Alert>
      ) : null}
      <SimulatedTexts simulators={state.simulators} />
    </Stack>
  );
}
