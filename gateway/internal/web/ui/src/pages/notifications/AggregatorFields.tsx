import { Alert, Anchor, Button, Select, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Account, Provider } from '@/api/types';
import { AccountForm } from '@/components/AccountForm';
import { BalanceButton } from '@/components/BalanceButton';
import type { SecretState } from '@/components/manifest';

/** The aggregator, its token, the sender's name and the balance: what the old page had at this place. */
export function AggregatorFields({
  accounts,
  titles,
  chosen,
  manifest,
  values,
  secrets,
  fault,
  readOnly,
  fixed,
  mark,
  onChoose,
  onChange,
}: {
  accounts: Account[];
  titles: Record<string, string>;
  chosen?: Account;
  manifest?: Provider;
  values: Record<string, string>;
  secrets: Record<string, SecretState>;
  fault: unknown;
  readOnly: boolean;
  /** The choice itself may not be changed here. */
  fixed: boolean;
  mark?: string;
  onChoose: (name: string) => void;
  onChange: (key: string, value: string) => void;
}) {
  const { t } = useTranslation();
  if (accounts.length === 0) {
    return (
      <Alert title={t('notify.noAccount')}>
        <Text size="sm" mb="sm">
          {t('notify.noAccountText')}
        </Text>
        <Button size="sm" renderRoot={(props) => <Link to="/providers" search={{ add: 'yes' }} {...props} />}>
          {t('providers.add')}
        </Button>
      </Alert>
    );
  }
  return (
    <Stack gap="md">
      <div>
        <Select
          label={t('notify.aggregator')}
          description={mark}
          data={accounts.map((one) => ({ value: one.name, label: titles[one.name] ?? one.name }))}
          value={chosen?.name ?? null}
          readOnly={fixed}
          allowDeselect={false}
          placeholder={t('notify.chooseProvider')}
          onChange={(name) => name && onChoose(name)}
        />
        {fixed ? null : (
          <Anchor
            size="sm"
            className="ob-link"
            renderRoot={(props) => <Link to="/providers" search={{ add: 'yes' }} {...props} />}
          >
            {t('notify.otherProvider')}
          </Anchor>
        )}
      </div>
      {chosen && manifest ? (
        <>
          {chosen.declared ? (
            <Text size="sm" c="dimmed">
              {t('notify.accountDeclared')}
            </Text>
          ) : null}
          <AccountForm
            key={chosen.name}
            fields={manifest.settings}
            values={values}
            secrets={secrets}
            fault={fault}
            onChange={onChange}
            readOnly={readOnly || chosen.declared}
          />
          {manifest.abilities.includes('balance') ? (
            <BalanceButton key={`balance ${chosen.name}`} account={chosen.name} known={chosen.balance} />
          ) : null}
        </>
      ) : null}
    </Stack>
  );
}
