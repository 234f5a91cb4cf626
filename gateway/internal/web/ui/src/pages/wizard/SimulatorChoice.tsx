import { Button, Group, Select } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { manifestOf, useSimulator } from '@/api/accounts';
import type { Provider, WizardState } from '@/api/types';
import { ErrorBox } from '@/components/ErrorBox';
import { textOf } from '@/components/manifest';

/** Everything can be tried without a contract, with any provider that we can imitate. */
export function SimulatorChoice({
  simulators,
  providers,
  onRun,
}: {
  simulators: WizardState['simulators'];
  providers: Provider[];
  onRun: (provider: string, settings: Record<string, string>) => void;
}) {
  const { t, i18n } = useTranslation();
  const run = useSimulator();
  // A simulator is of use only where the provider's program is there.
  const known = simulators.filter((one) => manifestOf(providers, one.provider)?.simulator);
  const [picked, setPicked] = useState('');
  const provider = known.find((one) => one.provider === picked)?.provider ?? known[0]?.provider;
  if (!provider) return null;
  return (
    <>
      <Group gap="xs" align="flex-end">
        <Select
          label={t('wizard.simulatorOf')}
          size="sm"
          w={200}
          data={known.map((one) => ({
            value: one.provider,
            label: textOf(manifestOf(providers, one.provider)?.title, i18n.language) || one.provider,
          }))}
          value={provider}
          allowDeselect={false}
          onChange={(next) => next && setPicked(next)}
        />
        <Button
          size="sm"
          variant="default"
          loading={run.isPending}
          onClick={() => run.mutate(provider, { onSuccess: (one) => onRun(one.provider, one.settings) })}
        >
          {t('wizard.simulator')}
        </Button>
      </Group>
      <ErrorBox fault={run.error} />
    </>
  );
}
