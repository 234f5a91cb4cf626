import { Button, Group, Text } from '@mantine/core';
import { IconWallet } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, given, queries } from '@/api/client';
import type { Balance } from '@/api/types';
import { ErrorBox } from './ErrorBox';
import { Money } from './Money';
import { RelativeTime } from './RelativeTime';

/** Asks the provider for the balance of an account, and shows what it answered. */
export function BalanceButton({ account, known }: { account: string; known?: Balance }) {
  const { t } = useTranslation();
  const ask = useMutation({
    mutationFn: () => given(api.POST('/api/v1/accounts/{name}/balance', { params: { path: { name: account } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['accounts'] }),
  });
  const balance = ask.data ?? known;
  return (
    <div>
      <Group gap="sm">
        <Button
          variant="default"
          leftSection={<IconWallet size={18} />}
          loading={ask.isPending}
          onClick={() => ask.mutate()}
        >
          {t('balance.check')}
        </Button>
        {balance ? <BalanceText balance={balance} /> : null}
      </Group>
      <ErrorBox fault={ask.error} />
    </div>
  );
}

/** A balance in money, or in texts where the provider counts those, and when it was true. */
export function BalanceText({ balance }: { balance: Balance }) {
  return (
    <Text span aria-live="polite">
      <Text span fw={600} inherit>
        {balance.money ? <Money amount={balance.money} /> : balance.credits}
      </Text>{' '}
      <Text span c="dimmed" size="sm">
        (<RelativeTime at={balance.asked_at} />)
      </Text>
    </Text>
  );
}
