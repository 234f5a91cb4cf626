import { Alert, Anchor, Group, Loader, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { WizardState } from '@/api/types';
import { RelativeTime } from '@/components/RelativeTime';
import { SimulatedTexts } from './SimulatedTexts';

/** It listens, and says when the first event has come. */
export function FirstEventStep({ state }: { state: WizardState }) {
  const { t } = useTranslation();
  return (
    <Stack>
      {state.first_event ? (
        <Alert color="green" icon={<IconCircleCheck size={28} />} role="status">
          <Text size="lg" fw={600}>
            {t('wizard.gotEvent')}
          </Text>
          <Text size="sm">
            <RelativeTime at={state.first_event} />
          </Text>
        </Alert>
      ) : (
        <Alert color="amber" role="status">
          <Group gap="sm">
            <Loader size="sm" />
            <Text fw={600}>{t('wizard.listening')}</Text>
          </Group>
          <Text size="sm" mt={6}>
            {t('wizard.listeningText')}
          </Text>
        </Alert>
      )}
      {state.last_refusal ? (
        <Alert color="orange" icon={<IconAlertTriangle />} title={t('wizard.refused')}>
          {state.last_refusal}
        </Alert>
      ) : null}
      {state.first_text ? (
        <Alert color="green" icon={<IconCircleCheck />} role="status">
          {t('wizard.gotText')} (<RelativeTime at={state.first_text} />)
        </Alert>
      ) : state.first_event ? (
        <Text>{t('wizard.waitText')}</Text>
      ) : null}
      {state.restaurant_named ? null : (
        <Text>
          {t('wizard.unnamed')}{' '}
          <Anchor className="ob-link" renderRoot={(props) => <Link to="/restaurants" {...props} />}>
            {t('nav.restaurants')}
          </Anchor>
        </Text>
      )}
      <SimulatedTexts simulators={state.simulators} />
    </Stack>
  );
}
