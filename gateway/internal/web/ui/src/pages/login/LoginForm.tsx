import { Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '@/api/problem';
import { signIn } from '@/api/session';
import { ErrorBox } from '@/components/ErrorBox';

/** Name, password and, where it is switched on, the code of the second step. */
export function LoginForm({ done, name: known }: { done?: () => void; name?: string }) {
  const { t } = useTranslation();
  const [name, setName] = useState(known ?? '');
  const [password, setPassword] = useState('');
  const [totp, setTotp] = useState('');
  const entry = useMutation({ mutationFn: signIn, onSuccess: () => done?.() });
  const second = entry.error instanceof Problem && entry.error.code.startsWith('totp');
  const [asked, setAsked] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    entry.mutate(
      { name, password, ...(totp ? { totp } : {}) },
      { onError: (fault) => setAsked((was) => was || (fault instanceof Problem && fault.code.startsWith('totp'))) },
    );
  };
  const wantsCode = asked || second;
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={t('login.name')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          autoComplete="username"
          autoFocus={!known}
          required
          withAsterisk={false}
        />
        <PasswordInput
          label={t('login.password')}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          autoComplete="current-password"
          autoFocus={Boolean(known)}
          required
          withAsterisk={false}
          visibilityToggleButtonProps={{ 'aria-label': t('secret.show') }}
        />
        {wantsCode ? (
          <TextInput
            label={t('login.code')}
            description={t('login.codeHelp')}
            value={totp}
            onChange={(event) => setTotp(event.currentTarget.value.trim())}
            autoComplete="one-time-code"
            autoFocus
          />
        ) : null}
        {second && totp === '' ? <Text size="sm">{t('login.codeNeeded')}</Text> : <ErrorBox fault={entry.error} />}
        <Button type="submit" loading={entry.isPending} fullWidth>
          {t('login.go')}
        </Button>
      </Stack>
    </form>
  );
}
