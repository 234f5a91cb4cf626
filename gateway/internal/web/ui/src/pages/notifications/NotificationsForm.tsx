import { Accordion, Grid, Select, SimpleGrid, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { accountsQuery, bodyOf, draftOf, manifestOf, secretsOf, useSaveAccount } from '@/api/accounts';
import { queries } from '@/api/client';
import { useMay } from '@/api/session';
import type { Account, NotificationPage, NotificationSettings, Provider } from '@/api/types';
import { ConflictDialog, isConflict } from '@/components/ConflictDialog';
import { ErrorBox } from '@/components/ErrorBox';
import { MinutesField } from '@/components/MinutesField';
import { textOf } from '@/components/manifest';
import { notify } from '@/components/notify';
import { fieldText } from '@/components/problemText';
import { RouteField } from '@/components/RouteField';
import { SaveBar } from '@/components/SaveBar';
import { stages } from '@/components/Stage';
import { useDraft } from '@/components/useDraft';
import { AggregatorFields } from './AggregatorFields';
import { notificationsQuery, useSaveNotifications } from './api';
import { PhonePreview } from './PhonePreview';
import { StageTicks } from './StageTicks';
import { TemplateField } from './TemplateField';

const shownFields = [
  'enabled',
  'route',
  'stage',
  'template',
  'expires',
  'quiet_hours',
  'quiet_hours.from',
  'quiet_hours.to',
  'on_unknown',
  'contact_wait',
];

/** The form, and beside it the phone. */
export function NotificationsForm({
  page,
  accounts,
  providers,
}: {
  page: NotificationPage;
  accounts: Account[];
  providers: Provider[];
}) {
  const { t, i18n } = useTranslation();
  const may = useMay();
  const { draft, change, reset, changed, dirty } = useDraft<NotificationSettings>(page.settings);
  const first = accounts.find((one) => one.name === draft.route[0]);
  const manifest = manifestOf(providers, first?.provider ?? '');
  const account = useDraft(
    first
      ? draftOf(first)
      : { name: '', provider: '', values: {}, limits: { per_second: 1, per_day: 1, per_phone_per_day: 1 } },
  );
  const saveAccount = useSaveAccount();
  const save = useSaveNotifications();
  const [conflict, setConflict] = useState(false);

  const writes = may('settings:write');
  const declared = (field: string) =>
    page.declared.some((one) => one === field || one.endsWith(`.${field}`) || one.startsWith(`${field}.`));
  const fixed = (field: string) => !writes || declared(field);
  const mark = (field: string) => (declared(field) ? t('declared') : undefined);
  const wrong = (field: string) =>
    fieldText(save.error, field, t) || fieldText(save.error, `settings.${field}`, t) || undefined;

  const titles = Object.fromEntries(
    accounts.map((one) => [
      one.name,
      `${textOf(manifestOf(providers, one.provider)?.title, i18n.language) || one.provider} · ${one.name}`,
    ]),
  );
  const names = [
    ...(account.dirty ? [t('notify.accountSettings')] : []),
    ...changed.map((field) => t(`notify.name.${field}`)),
  ];

  const saveAll = async (revision = page.revision, over = first) => {
    try {
      if (over && manifest && account.dirty)
        await saveAccount.mutateAsync(bodyOf(account.draft, manifest.settings, over));
      if (dirty) await save.mutateAsync({ settings: draft, revision });
      void notify(t('save.done'));
    } catch (fault) {
      setConflict(isConflict(fault));
    }
  };
  const theirs = async () => {
    setConflict(false);
    reset();
    account.reset();
    save.reset();
    await queries.invalidateQueries();
  };
  const mine = async () => {
    setConflict(false);
    const now = await queries.fetchQuery({ ...notificationsQuery, staleTime: 0 });
    const all = await queries.fetchQuery({ ...accountsQuery, staleTime: 0 });
    await saveAll(
      now.revision,
      all.find((one) => one.name === first?.name),
    );
  };
  const sender =
    Object.entries(account.draft.values).find(([key]) => /^(from|sender|sign|source_addr)$/.test(key))?.[1] ?? '';

  return (
    <Grid gap="xl">
      <Grid.Col span={{ base: 12, md: 7 }}>
        <Stack gap="lg">
          <Switch
            size="md"
            label={t('notify.enabled')}
            description={mark('enabled')}
            checked={draft.enabled}
            disabled={fixed('enabled')}
            onChange={(event) => change({ enabled: event.currentTarget.checked })}
          />
          <AggregatorFields
            accounts={accounts}
            titles={titles}
            chosen={first}
            manifest={manifest}
            values={account.draft.values}
            secrets={secretsOf(first)}
            fault={saveAccount.error}
            readOnly={!may('accounts:write')}
            fixed={fixed('route')}
            mark={mark('route')}
            onChoose={(name) => change({ route: [name, ...draft.route.filter((one) => one !== name)] })}
            onChange={(key, value) => account.change({ values: { ...account.draft.values, [key]: value } })}
          />
          <Select
            label={t('notify.stage')}
            description={mark('stage')}
            data={stages.map((one) => ({
              value: one.name,
              label: `(${one.code}) ${t(`stage.${one.word}`)} / ${one.name}`,
            }))}
            value={draft.stage}
            readOnly={fixed('stage')}
            error={wrong('stage')}
            allowDeselect={false}
            onChange={(stage) => stage && change({ stage: stage as NotificationSettings['stage'] })}
          />
          <StageTicks chosen={draft.stage} />
          <TemplateField
            value={draft.template}
            onChange={(template) => change({ template })}
            error={wrong('template')}
            readOnly={fixed('template')}
            mark={mark('template')}
          />
          <Accordion variant="contained">
            <Accordion.Item value="more">
              <Accordion.Control>{t('notify.more')}</Accordion.Control>
              <Accordion.Panel>
                <Stack gap="lg">
                  <div>
                    <Text size="sm" fw={500}>
                      {t('notify.name.route')}
                    </Text>
                    <Text size="sm" c="dimmed" mb="xs">
                      {mark('route') ?? t('notify.routeHelp')}
                    </Text>
                    <RouteField
                      route={draft.route}
                      accounts={titles}
                      onChange={(route) => change({ route })}
                      readOnly={fixed('route')}
                    />
                  </div>
                  <SimpleGrid cols={{ base: 1, xs: 2 }}>
                    <MinutesField
                      label={t('notify.name.expires')}
                      description={mark('expires') ?? t('notify.expiresHelp')}
                      value={draft.expires}
                      error={wrong('expires')}
                      readOnly={fixed('expires')}
                      onChange={(expires) => change({ expires })}
                    />
                    <MinutesField
                      label={t('notify.name.contact_wait')}
                      description={mark('contact_wait') ?? t('notify.waitHelp')}
                      value={draft.contact_wait}
                      error={wrong('contact_wait')}
                      readOnly={fixed('contact_wait')}
                      onChange={(contact_wait) => change({ contact_wait })}
                    />
                    <TextInput
                      type="time"
                      label={t('notify.quietFrom')}
                      description={mark('quiet_hours') ?? t('notify.quietHelp')}
                      value={draft.quiet_hours.from}
                      error={wrong('quiet_hours.from')}
                      readOnly={fixed('quiet_hours')}
                      onChange={(event) =>
                        change({ quiet_hours: { ...draft.quiet_hours, from: event.currentTarget.value } })
                      }
                    />
                    <TextInput
                      type="time"
                      label={t('notify.quietTo')}
                      description={mark('quiet_hours') ?? t('notify.quietToHelp')}
                      value={draft.quiet_hours.to}
                      error={wrong('quiet_hours.to')}
                      readOnly={fixed('quiet_hours')}
                      onChange={(event) =>
                        change({ quiet_hours: { ...draft.quiet_hours, to: event.currentTarget.value } })
                      }
                    />
                  </SimpleGrid>
                  <Select
                    label={t('notify.name.on_unknown')}
                    description={mark('on_unknown') ?? t('notify.unknownHelp')}
                    data={[
                      { value: 'hold', label: t('notify.hold') },
                      { value: 'resend', label: t('notify.resend') },
                    ]}
                    value={draft.on_unknown}
                    readOnly={fixed('on_unknown')}
                    allowDeselect={false}
                    onChange={(choice) =>
                      choice && change({ on_unknown: choice as NotificationSettings['on_unknown'] })
                    }
                  />
                </Stack>
              </Accordion.Panel>
            </Accordion.Item>
          </Accordion>
          {conflict ? null : (
            <ErrorBox
              fault={save.error ?? saveAccount.error}
              shown={[...shownFields, ...(manifest?.settings ?? []).map((one) => one.key)].flatMap((one) => [
                one,
                `settings.${one}`,
              ])}
            />
          )}
        </Stack>
        <SaveBar
          changed={names}
          saving={save.isPending || saveAccount.isPending}
          onSave={() => void saveAll()}
          onReset={() => {
            reset();
            account.reset();
            save.reset();
            saveAccount.reset();
          }}
        />
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 5 }}>
        <PhonePreview settings={draft} sender={sender} />
      </Grid.Col>
      <ConflictDialog
        opened={conflict}
        onTheirs={() => void theirs()}
        onMine={() => void mine()}
        onClose={() => setConflict(false)}
      />
    </Grid>
  );
}
