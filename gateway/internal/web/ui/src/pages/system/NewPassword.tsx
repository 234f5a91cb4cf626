import { Button, Checkbox, Modal, PasswordInput, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, given, queries } from '@/api/client';
import { ErrorBox } from '@/components/ErrorBox';
import { notify } from '@/components/notify';
import { fieldText } from '@/components/problemText';

/** A button that gives a new password: to oneself, or to a user who lost the old one. */
export function NewPassword({ user }: { user?: { id: string; name: string; totp: boolean } }) {
  const { t } = useTranslation();
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button size="xs" variant="default" onClick={open}>
        {t(user ? 'users.password' : 'sessions.password')}
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={user ? t('users.passwordOf', { name: user.name }) : t('sessions.password')}
      >
        <PasswordForm user={user} onDone={close} />
      </Modal>
    </>
  );
}

function PasswordForm({
  user,
  onDone,
}: {
  user: { id: string; name: string; totp: boolean } | undefined;
  onDone: () => void;
}) {
  const { t } = useTranslation();
  const [password, setPassword] = useState('');
  const [drop, setDrop] = useState(false);
  const save = useMutation({
    mutationFn: () =>
      given(
        api.POST('/api/v1/users/{id}/password', {
          params: { path: { id: user?.id ?? 'me' } },
          body: { password, drop_totp: drop },
        }),
      ),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: [user ? 'users' : 'sessions'] });
      void notify(t('users.passwordDone'));
      onDone();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text>{user ? t('users.passwordText', { name: user.name }) : t('sessions.passwordText')}</Text>
        <PasswordInput
          label={t('users.password')}
          description={t('setup.passwordHelp', { count: 10 })}
          value={password}
          error={fieldText(save.error, 'password', t)}
          autoComplete="new-password"
          data-autofocus
          visibilityToggleButtonProps={{ 'aria-label': t('secret.show') }}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {user?.totp ? (
          <Checkbox
            label={t('users.dropTOTP')}
            checked={drop}
            onChange={(event) => setDrop(event.currentTarget.checked)}
          />
        ) : null}
        <ErrorBox fault={save.error} shown={['password']} />
        <Button type="submit" loading={save.isPending} disabled={password === ''}>
          {t('save.save')}
        </Button>
      </Stack>
    </form>
  );
}
