import { Badge, Button, Group, Modal, MultiSelect, NumberInput, Paper, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, given, queries } from '@/api/client';
import type { Key, Scope } from '@/api/types';
import { CopyLine } from '@/components/CopyLine';
import { ErrorBox } from '@/components/ErrorBox';
import { fieldText } from '@/components/problemText';
import { RelativeTime } from '@/components/RelativeTime';
import { SureDialog } from '@/components/SureDialog';
import { Part } from './Part';

const scopes: Scope[] = ['contacts:write', 'messages:read', 'messages:write', 'events:write', 'admin'];
const again = () => queries.invalidateQueries({ queryKey: ['keys'] });

/** Keys of other programs: a QR menu, a till of one's own. */
export function Keys() {
  const { t } = useTranslation();
  const [adding, { open, close }] = useDisclosure(false);
  const keys = useQuery({ queryKey: ['keys'], queryFn: () => given(api.GET('/api/v1/keys')) });
  return (
    <Part
      title={t('keys.title')}
      action={
        <Button size="xs" onClick={open}>
          {t('keys.add')}
        </Button>
      }
    >
      <ErrorBox fault={keys.error} retry={() => void keys.refetch()} />
      {keys.data?.items.length === 0 ? <Text c="dimmed">{t('keys.empty')}</Text> : null}
      <Stack gap="xs">
        {keys.data?.items.map((one) => (
          <KeyRow key={one.id} apiKey={one} />
        ))}
      </Stack>
      <Modal opened={adding} onClose={close} title={t('keys.add')}>
        <AddKey />
      </Modal>
    </Part>
  );
}

function KeyRow({ apiKey }: { apiKey: Key }) {
  const { t } = useTranslation();
  const [asked, { open, close }] = useDisclosure(false);
  const revoke = useMutation({
    mutationFn: () => given(api.DELETE('/api/v1/keys/{id}', { params: { path: { id: apiKey.id } } })),
    onSuccess: again,
  });
  return (
    <Paper p="sm">
      <Group justify="space-between">
        <div>
          <Text fw={500}>
            <bdi>{apiKey.name}</bdi>{' '}
            <Text span c="dimmed" size="sm">
              {apiKey.hint}
            </Text>
          </Text>
          <Text size="sm" c="dimmed">
            {apiKey.scopes.join(', ')}
            {apiKey.used_at ? (
              <>
                {' · '}
                {t('keys.used')} <RelativeTime at={apiKey.used_at} />
              </>
            ) : null}
          </Text>
        </div>
        {apiKey.revoked_at ? (
          <Badge color="gray">{t('keys.revoked')}</Badge>
        ) : (
          <Button size="xs" variant="default" onClick={open}>
            {t('keys.revoke')}
          </Button>
        )}
      </Group>
      <SureDialog
        opened={asked}
        onClose={close}
        title={t('keys.revokeTitle', { name: apiKey.name })}
        text={t('keys.revokeText')}
        go={t('keys.revoke')}
        act={revoke}
      />
    </Paper>
  );
}

function AddKey() {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const [picked, setPicked] = useState<Scope[]>(['contacts:write']);
  const [days, setDays] = useState(365);
  const add = useMutation({
    mutationFn: () => given(api.POST('/api/v1/keys', { body: { name, scopes: picked, expires_days: days } })),
    onSuccess: again,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  if (add.data) {
    return (
      <Stack>
        <Text>{t('keys.once')}</Text>
        <CopyLine label={add.data.name} value={add.data.key} />
      </Stack>
    );
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={t('keys.name')}
          value={name}
          error={fieldText(add.error, 'name', t)}
          data-autofocus
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <MultiSelect
          label={t('keys.scopes')}
          data={scopes}
          value={picked}
          onChange={(next) => setPicked(next as Scope[])}
        />
        <NumberInput
          label={t('keys.days')}
          description={t('keys.daysHelp')}
          value={days}
          min={0}
          max={3650}
          onChange={(next) => setDays(Number(next))}
        />
        <ErrorBox fault={add.error} shown={['name']} />
        <Button type="submit" loading={add.isPending} disabled={name.trim() === '' || picked.length === 0}>
          {t('keys.add')}
        </Button>
      </Stack>
    </form>
  );
}
