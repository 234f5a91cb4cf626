import { Badge, Button, Group, Modal, Paper, PasswordInput, Select, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, given, queries } from '@/api/client';
import { sessionQuery } from '@/api/session';
import type { Role, User } from '@/api/types';
import { ErrorBox } from '@/components/ErrorBox';
import { fieldText } from '@/components/problemText';
import { RelativeTime } from '@/components/RelativeTime';
import { SureDialog } from '@/components/SureDialog';
import { language } from '@/i18n/language';
import { LockUser } from './LockUser';
import { NewPassword } from './NewPassword';
import { Part } from './Part';

const roles = ['owner', 'admin', 'operator', 'viewer', 'auditor'] as const;
const again = () => queries.invalidateQueries({ queryKey: ['users'] });

/** Who may come in, and as what. */
export function Users() {
  const { t } = useTranslation();
  const [adding, { open, close }] = useDisclosure(false);
  const users = useQuery({ queryKey: ['users'], queryFn: () => given(api.GET('/api/v1/users')) });
  return (
    <Part
      title={t('users.title')}
      action={
        <Button size="xs" onClick={open}>
          {t('users.add')}
        </Button>
      }
    >
      <ErrorBox fault={users.error} retry={() => void users.refetch()} />
      <Stack gap="xs">
        {users.data?.items.map((one) => (
          <UserRow key={one.id} user={one} />
        ))}
      </Stack>
      <Modal opened={adding} onClose={close} title={t('users.add')}>
        <AddUser onDone={close} />
      </Modal>
    </Part>
  );
}

function UserRow({ user }: { user: User }) {
  const { t } = useTranslation();
  const me = useQuery(sessionQuery);
  const [asked, { open, close }] = useDisclosure(false);
  const remove = useMutation({
    mutationFn: () =>
      given(
        api.DELETE('/api/v1/users/{id}', { params: { path: { id: user.id }, query: { revision: user.revision } } }),
      ),
    onSuccess: again,
  });
  const change = useMutation({
    mutationFn: (role: Role) =>
      given(
        api.PUT('/api/v1/users/{id}', {
          params: { path: { id: user.id } },
          body: { name: user.name, role, language: user.language, revision: user.revision },
        }),
      ),
    onSuccess: again,
  });
  return (
    <Paper p="sm">
      <Group justify="space-between">
        <div>
          <Text fw={500}>
            <bdi>{user.name}</bdi> {user.totp ? <Badge color="green">{t('users.totp')}</Badge> : null}{' '}
            {user.locked_at ? <Badge color="gray">{t('users.locked')}</Badge> : null}
          </Text>
          <Text size="sm" c="dimmed">
            {user.seen_at ? (
              <>
                {t('users.seen')} <RelativeTime at={user.seen_at} />
              </>
            ) : (
              t('users.never')
            )}
          </Text>
        </div>
        <Group gap="xs">
          <Select
            aria-label={t('users.role', { name: user.name })}
            size="xs"
            w={150}
            data={roles.map((role) => ({ value: role, label: t(`role.${role}`) }))}
            value={user.role}
            allowDeselect={false}
            onChange={(role) => role && role !== user.role && change.mutate(role as Role)}
          />
          {me.data?.id === user.id ? null : (
            <>
              <NewPassword user={user} />
              <LockUser user={user} />
              <Button size="xs" variant="default" onClick={open}>
                {t('account.remove')}
              </Button>
            </>
          )}
        </Group>
      </Group>
      <ErrorBox fault={change.error} />
      <SureDialog
        opened={asked}
        onClose={close}
        title={t('users.removeTitle', { name: user.name })}
        text={t('users.removeText')}
        go={t('account.remove')}
        act={remove}
      />
    </Paper>
  );
}

function AddUser({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [role, setRole] = useState<Role>('operator');
  const add = useMutation({
    mutationFn: () => given(api.POST('/api/v1/users', { body: { name, password, role, language: language() } })),
    onSuccess: () => {
      void again();
      onDone();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={t('login.name')}
          value={name}
          error={fieldText(add.error, 'name', t)}
          autoComplete="off"
          data-autofocus
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <PasswordInput
          label={t('login.password')}
          description={t('setup.passwordHelp', { count: 10 })}
          value={password}
          error={fieldText(add.error, 'password', t)}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': t('secret.show') }}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Select
          label={t('users.asWhat')}
          data={roles.map((one) => ({ value: one, label: t(`role.${one}`) }))}
          value={role}
          allowDeselect={false}
          onChange={(next) => next && setRole(next as Role)}
        />
        <ErrorBox fault={add.error} shown={['name', 'password']} />
        <Button type="submit" loading={add.isPending}>
          {t('users.add')}
        </Button>
      </Stack>
    </form>
  );
}
