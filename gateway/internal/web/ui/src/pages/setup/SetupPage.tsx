import { Button, List, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { setUp } from '@/api/session';
import { FrontDoor } from '@/app/FrontDoor';
import { ErrorBox } from '@/components/ErrorBox';
import { fieldText } from '@/components/problemText';
import { language } from '@/i18n/language';

/** The shortest password that the gateway takes, in characters. */
const shortest = 10;

/** The first start: the one-time link makes the owner. The token is after the #, which no server sees. */
export default function SetupPage() {
  const { t } = useTranslation();
  const [token] = useState(() => window.location.hash.slice(1));
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const entry = useMutation({
    mutationFn: setUp,
    onSuccess: () => window.location.replace('/wizard'),
  });
  if (token === '') {
    return (
      <FrontDoor title={t('setup.noLink')} wide>
        <Text mb="sm">{t('setup.noLinkText')}</Text>
        <List spacing="xs">
          <List.Item>{t('setup.noLinkPrinted')}</List.Item>
          <List.Item>
            {t('setup.noLinkCommand')} <code>orderbell user add</code>
          </List.Item>
        </List>
      </FrontDoor>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    entry.mutate({ token, name: name.trim(), password, language: language() });
  };
  return (
    <FrontDoor title={t('setup.title')}>
      <form onSubmit={submit}>
        <Stack>
          <Text c="dimmed">{t('setup.text')}</Text>
          <TextInput
            label={t('login.name')}
            description={t('setup.nameHelp')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={fieldText(entry.error, 'name', t)}
            autoComplete="username"
            autoFocus
            required
            withAsterisk={false}
          />
          <PasswordInput
            label={t('login.password')}
            description={t('setup.passwordHelp', { count: shortest })}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            error={fieldText(entry.error, 'password', t)}
            autoComplete="new-password"
            required
            withAsterisk={false}
            visibilityToggleButtonProps={{ 'aria-label': t('secret.show') }}
          />
          <ErrorBox fault={entry.error} shown={['name', 'password']} />
          <Button
            type="submit"
            loading={entry.isPending}
            disabled={[...password].length < shortest || name.trim() === ''}
          >
            {t('setup.go')}
          </Button>
        </Stack>
      </form>
    </FrontDoor>
  );
}
