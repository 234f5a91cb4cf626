import { Button, Group, Progress, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccounts, useProviders } from '@/api/accounts';
import type { WizardState } from '@/api/types';
import { ErrorBox } from '@/components/ErrorBox';
import { Loading } from '@/components/Loading';
import { Page } from '@/components/Page';
import { useFilters } from '@/components/useFilters';
import { AddressStep } from './AddressStep';
import { wizardQuery } from './api';
import { FirstEventStep } from './FirstEventStep';
import { ProviderStep } from './ProviderStep';
import { TestStep } from './TestStep';

/** The steps, in order. The owner's password, the first one, is given before this page can be opened. */
const steps = ['password', 'provider', 'test', 'address', 'event'] as const;
type StepName = (typeof steps)[number];

/** Where to go on: the first step that is not done. */
export function nextStep(state: WizardState): StepName {
  if (!state.has_account) return 'provider';
  if (!state.test_sent && !state.first_text) return 'test';
  if (!state.first_event) return 'address';
  return 'event';
}

/** One question a screen. It can be left and resumed; each step tests itself. */
export default function WizardPage() {
  const { t } = useTranslation();
  const { filters, set } = useFilters();
  const wizard = useQuery(wizardQuery());
  const accounts = useAccounts();
  const providers = useProviders();
  // The step that is shown is held in the address, so that it does not run away when its own test passes.
  const first = wizard.data && !filters.step ? nextStep(wizard.data) : '';
  useEffect(() => {
    if (first) set({ step: first });
  }, [first, set]);
  const fault = wizard.error ?? accounts.error ?? providers.error;
  if (!wizard.data || !accounts.data || !providers.data) {
    return (
      <Page title={t('wizard.title')} narrow>
        {fault ? <ErrorBox fault={fault} retry={() => void wizard.refetch()} /> : <Loading />}
      </Page>
    );
  }
  const asked = steps.find((one) => one === filters.step && one !== 'password');
  const step = asked ?? nextStep(wizard.data);
  const at = steps.indexOf(step);
  const go = (to: number) => set({ step: steps[Math.min(Math.max(to, 1), steps.length - 1)] as string });
  return (
    <Page title={t(`wizard.step.${step}`)} narrow>
      <Stack gap="lg">
        <div>
          <Text size="sm" c="dimmed" mb={6}>
            {t('wizard.progress', { step: at + 1, count: steps.length })}
          </Text>
          <Progress
            value={((at + 1) / steps.length) * 100}
            aria-label={t('wizard.progress', { step: at + 1, count: steps.length })}
          />
        </div>
        {step === 'provider' ? (
          <ProviderStep state={wizard.data} accounts={accounts.data} providers={providers.data} onDone={() => go(2)} />
        ) : null}
        {step === 'test' ? <TestStep state={wizard.data} accounts={accounts.data} /> : null}
        {step === 'address' ? <AddressStep state={wizard.data} /> : null}
        {step === 'event' ? <FirstEventStep state={wizard.data} /> : null}
        <Group justify="space-between">
          <Button variant="default" onClick={() => go(at - 1)} disabled={at <= 1}>
            {t('wizard.back')}
          </Button>
          <Group gap="xs">
            {step === 'event' ? (
              <Button renderRoot={(props) => <Link to="/" {...props} />}>{t('wizard.finish')}</Button>
            ) : (
              <Button variant={ready(step, wizard.data) ? 'filled' : 'default'} onClick={() => go(at + 1)}>
                {t(ready(step, wizard.data) ? 'wizard.next' : 'wizard.later')}
              </Button>
            )}
          </Group>
        </Group>
      </Stack>
    </Page>
  );
}

/** Whether a step has passed its own test. */
function ready(step: StepName, state: WizardState): boolean {
  if (step === 'provider') return state.has_account;
  if (step === 'test') return state.test_sent;
  return true;
}
