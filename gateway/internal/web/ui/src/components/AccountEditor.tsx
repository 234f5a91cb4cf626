import {
  Button,
  Collapse,
  Group,
  NumberInput,
  Select,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
  UnstyledButton,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  type AccountDraft,
  accountsQuery,
  bodyOf,
  draftOf,
  manifestOf,
  secretsOf,
  useSaveAccount,
  usualLimits,
} from '@/api/accounts';
import { api, given, queries } from '@/api/client';
import { Problem } from '@/api/problem';
import type { Account, Provider } from '@/api/types';
import { AccountForm } from './AccountForm';
import { BalanceText } from './BalanceButton';
import { ConflictDialog, isConflict } from './ConflictDialog';
import { ErrorBox } from './ErrorBox';
import { Findings } from './Findings';
import { textOf } from './manifest';
import { fieldText } from './problemText';
import { same } from './useDraft';

/** A free name for a new account of a provider. */
function freeName(provider: string, taken: string[]): string {
  const first = taken.length === 0 ? 'main' : provider;
  if (!taken.includes(first)) return first;
  let number = 2;
  while (taken.includes(`${first}-${number}`)) number++;
  return `${first}-${number}`;
}

/** Adds an account, or changes one. It can be checked at the provider before it is saved. */
export function AccountEditor({
  providers,
  taken,
  account,
  start,
  onSaved,
  onCancel,
  onTyped,
}: {
  providers: Provider[];
  /** Names of the accounts that exist. */
  taken: string[];
  /** The account to change; none: a new one. */
  account?: Account;
  /** What is known of a new account already: its provider, pasted or simulated settings. */
  start?: { provider?: string; values?: Record<string, string> };
  onSaved: (account: Account) => void;
  onCancel?: () => void;
  /** Told whether something was typed that is not saved. */
  onTyped?: (typed: boolean) => void;
}) {
  const { t, i18n } = useTranslation();
  // What is being changed, as it was when it was last shown: a save over anything newer is refused.
  const [base, setBase] = useState(account);
  const [clean, setClean] = useState<AccountDraft>(() =>
    account
      ? draftOf(account)
      : {
          name: freeName(start?.provider ?? '', taken),
          provider: start?.provider ?? '',
          values: start?.values ?? {},
          limits: usualLimits,
        },
  );
  const [draft, setDraft] = useState(clean);
  const [conflict, setConflict] = useState(false);
  const typed = !same(draft, clean);
  useEffect(() => onTyped?.(typed), [typed, onTyped]);
  const [more, { toggle }] = useDisclosure(false);
  const manifest = manifestOf(providers, draft.provider);
  const save = useSaveAccount();
  const check = useMutation({
    mutationFn: (body: Account) => given(api.POST('/api/v1/accounts/check', { body })),
  });
  const body = (over = base) => bodyOf(draft, manifest?.settings ?? [], over);
  // Not by the callback of mutate: who shows this form may put something else in its place at once.
  const store = (over = base) =>
    save.mutateAsync(body(over)).then(onSaved, (fault) => setConflict(over !== undefined && isConflict(fault)));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void store();
  };
  const newest = async () => {
    setConflict(false);
    const all = await queries.fetchQuery({ ...accountsQuery, staleTime: 0 });
    return all.find((one) => one.name === draft.name);
  };
  const theirs = async () => {
    const now = await newest();
    save.reset();
    if (!now) return onCancel?.(); // they removed it
    setBase(now);
    setClean(draftOf(now));
    setDraft(draftOf(now));
  };
  const mine = async () => {
    const now = await newest();
    setBase(now);
    await store(now);
  };
  const fault = conflict ? null : (save.error ?? check.error);
  const wrongName = fieldText(fault, 'name', t);
  const shown = [
    'name',
    'provider',
    ...(manifest?.settings ?? []).flatMap((field) => [field.key, `settings.${field.key}`]),
  ];
  const limit = (key: keyof Account['limits'], value: string | number) =>
    setDraft({ ...draft, limits: { ...draft.limits, [key]: Number(value) } });
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        {account ? null : (
          <Select
            label={t('account.provider')}
            data={providers.map((one) => ({ value: one.name, label: textOf(one.title, i18n.language) || one.name }))}
            value={draft.provider || null}
            placeholder={t('notify.chooseProvider')}
            allowDeselect={false}
            searchable
            data-autofocus={draft.provider === '' || undefined}
            onChange={(provider) =>
              provider && setDraft({ ...draft, provider, values: {}, name: freeName(provider, taken) })
            }
          />
        )}
        {manifest ? (
          <>
            <AccountForm
              key={manifest.name}
              fields={manifest.settings}
              values={draft.values}
              secrets={secretsOf(base, draft.cleared)}
              fault={fault}
              onChange={(key, value) => setDraft((now) => ({ ...now, values: { ...now.values, [key]: value } }))}
              onClear={(key, cleared) =>
                setDraft((now) => ({
                  ...now,
                  cleared: [...(now.cleared ?? []).filter((one) => one !== key), ...(cleared ? [key] : [])],
                }))
              }
            />
            <UnstyledButton
              className="ob-link"
              c="var(--mantine-color-anchor)"
              fz="sm"
              onClick={toggle}
              aria-expanded={more || wrongName !== ''}
            >
              {t('account.limits')}
            </UnstyledButton>
            <Collapse expanded={more || wrongName !== ''}>
              <Stack gap="md">
                {account ? null : (
                  <TextInput
                    label={t('account.name')}
                    description={t('account.nameHelp')}
                    value={draft.name}
                    error={nameIsForm(fault) ? t('account.nameWrong') : wrongName}
                    onChange={(event) => setDraft({ ...draft, name: event.currentTarget.value })}
                  />
                )}
                <SimpleGrid cols={{ base: 1, xs: 3 }}>
                  <NumberInput
                    label={t('account.perSecond')}
                    value={draft.limits.per_second}
                    min={0.01}
                    onChange={(value) => limit('per_second', value)}
                  />
                  <NumberInput
                    label={t('account.perDay')}
                    value={draft.limits.per_day}
                    min={1}
                    onChange={(value) => limit('per_day', value)}
                  />
                  <NumberInput
                    label={t('account.perPhone')}
                    value={draft.limits.per_phone_per_day}
                    min={1}
                    onChange={(value) => limit('per_phone_per_day', value)}
                  />
                </SimpleGrid>
              </Stack>
            </Collapse>
            {check.data ? (
              <>
                <Findings findings={check.data.findings} />
                {check.data.balance ? (
                  <Text>
                    {t('balance.is')} <BalanceText balance={check.data.balance} />
                  </Text>
                ) : null}
              </>
            ) : null}
            <ErrorBox fault={fault} shown={shown} />
          </>
        ) : null}
        <Group gap="xs">
          {manifest?.abilities.some((one) => one === 'check' || one === 'balance') ? (
            <Button variant="default" loading={check.isPending} onClick={() => check.mutate(body())}>
              {t(manifest.abilities.includes('balance') ? 'balance.check' : 'account.check')}
            </Button>
          ) : null}
          <Group gap="xs" wrap="nowrap" ml="auto">
            {onCancel ? (
              <Button variant="default" onClick={onCancel}>
                {t('cancel')}
              </Button>
            ) : null}
            <Button type="submit" loading={save.isPending} disabled={!manifest}>
              {t('save.save')}
            </Button>
          </Group>
        </Group>
      </Stack>
      <ConflictDialog
        opened={conflict}
        onTheirs={() => void theirs()}
        onMine={() => void mine()}
        onClose={() => setConflict(false)}
      />
    </form>
  );
}

/** The name was refused for what it is made of, not because it is taken. */
const nameIsForm = (fault: unknown) => fault instanceof Problem && fault.field('name')?.code === 'field_invalid';
