import { Badge, Button, Group, Modal, Paper, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, given, queries } from '@/api/client';
import { sessionQuery } from '@/api/session';
import { ErrorBox } from '@/components/ErrorBox';
import { fieldText } from '@/components/problemText';
import { RelativeTime } from '@/components/RelativeTime';
import { agentName } from './agent';
import { NewPassword } from './NewPassword';
import { Part } from './Part';

const again = () => queries.invalidateQueries({ queryKey: ['sessions'] });

/** Where one is signed in, and the second factor of one's own account. */
export function Sessions() {
  const { t } = useTranslation();
  const sessions = useQuery({ queryKey: ['sessions'], queryFn: () => given(api.GET('/api/v1/sessions')) });
  const end = useMutation({
    mutationFn: (id: string) => given(api.DELETE('/api/v1/sessions/{id}', { params: { path: { id } } })),
    onSuccess: again,
  });
  const endOthers = useMutation({ mutationFn: () => given(api.DELETE('/api/v1/sessions')), onSuccess: again });
  const items = sessions.data?.items ?? [];
  return (
    <Part
      title={t('sessions.title')}
      action={
        <Group gap="xs">
          <NewPassword />
          <SecondFactor />
          {items.length > 1 ? (
            <Button size="xs" variant="default" loading={endOthers.isPending} onClick={() => endOthers.mutate()}>
              {t('sessions.endOthers')}
            </Button>
          ) : null}
        </Group>
      }
    >
      <ErrorBox fault={sessions.error ?? end.error ?? endOthers.error} />
      <Stack gap="xs">
        {items.map((one) => (
          <Paper key={one.id} p="sm">
            <Group justify="space-between" wrap="nowrap">
              <div style={{ minWidth: 0 }}>
                <Text size="sm" lineClamp={1} title={one.agent}>
                  <bdi>{agentName(one.agent)}</bdi>
                </Text>
                <Text size="sm" c="dimmed">
                  {one.address} · <RelativeTime at={one.seen_at} />
                </Text>
              </div>
              {one.current ? (
                <Badge color="green" miw="max-content">
                  {t('sessions.current')}
                </Badge>
              ) : (
                <Button size="xs" variant="default" miw="max-content" onClick={() => end.mutate(one.id)}>
                  {t('sessions.end')}
                </Button>
              )}
            </Group>
          </Paper>
        ))}
      </Stack>
    </Part>
  );
}

/** A code from an app beside the password: offered, proved by one code, then asked for at each sign-in. */
function SecondFactor() {
  const { t } = useTranslation();
  const [code, setCode] = useState('');
  const [password, setPassword] = useState('');
  const [ending, setEnding] = useState(false);
  const me = useQuery(sessionQuery);
  const renew = () => queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
  const offer = useMutation({ mutationFn: () => given(api.POST('/api/v1/totp')) });
  const prove = useMutation({
    mutationFn: () => given(api.POST('/api/v1/totp/confirm', { body: { code } })),
    onSuccess: renew,
  });
  const end = useMutation({
    mutationFn: () => given(api.DELETE('/api/v1/totp', { body: { password } })),
    onSuccess: () => {
      setEnding(false);
      setPassword('');
      void renew();
    },
  });
  const wrongCode = fieldText(prove.error, 'code', t);
  const wrongPassword = fieldText(end.error, 'password', t);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ending) end.mutate();
    else prove.mutate();
  };
  const close = () => {
    offer.reset();
    prove.reset();
    end.reset();
    setEnding(false);
    setCode('');
    setPassword('');
  };
  return (
    <>
      <Button
        size="xs"
        variant="default"
        loading={offer.isPending}
        onClick={() => (me.data?.totp ? setEnding(true) : offer.mutate())}
      >
        {t(me.data?.totp ? 'totp.off' : 'totp.on')}
      </Button>
      <Modal opened={Boolean(offer.data) || Boolean(offer.error) || ending} onClose={close} title={t('totp.title')}>
        {prove.data ? (
          <Stack>
            <Text>{t('totp.codes')}</Text>
            <Paper bg="var(--ob-quiet)" ff="monospace" style={{ whiteSpace: 'pre-line' }}>
              {prove.data.recovery_codes.join('\n')}
            </Paper>
          </Stack>
        ) : (
          <form onSubmit={submit}>
            <Stack>
              {wrongCode || wrongPassword ? null : <ErrorBox fault={offer.error ?? prove.error ?? end.error} />}
              {offer.data ? (
                <>
                  <Text>{t('totp.scan')}</Text>
                  <img src={offer.data.qr} alt={t('totp.qr')} width={200} height={200} style={{ background: '#fff' }} />
                  <Text size="sm" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
                    {offer.data.secret}
                  </Text>
                  <TextInput
                    label={t('login.code')}
                    value={code}
                    error={wrongCode}
                    inputMode="numeric"
                    autoComplete="one-time-code"
                    onChange={(event) => setCode(event.currentTarget.value)}
                  />
                </>
              ) : null}
              {ending ? (
                <PasswordInput
                  label={t('login.password')}
                  value={password}
                  error={wrongPassword}
                  autoComplete="current-password"
                  visibilityToggleButtonProps={{ 'aria-label': t('secret.show') }}
                  onChange={(event) => setPassword(event.currentTarget.value)}
                />
              ) : null}
              {offer.data || ending ? (
                <Button type="submit" loading={prove.isPending || end.isPending}>
                  {t(ending ? 'totp.off' : 'confirm.go')}
                </Button>
              ) : null}
            </Stack>
          </form>
        )}
      </Modal>
    </>
  );
}
