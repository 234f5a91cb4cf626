import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, given, queries } from '@/api/client';
import type { TestResult } from '@/api/types';
import { useFormat } from '@/i18n/format';
import { ErrorBox } from './ErrorBox';
import { Money } from './Money';
import { fieldText } from './problemText';

/** Sends one real text to a phone of one's own, and says what became of it. */
export function TestText({ account, onSent }: { account: string; onSent?: () => void }) {
  const { t } = useTranslation();
  const [phone, setPhone] = useState('');
  const send = useMutation({
    mutationFn: () =>
      given(api.POST('/api/v1/accounts/{name}/test-message', { params: { path: { name: account } }, body: { phone } })),
    onSuccess: (result) => {
      void queries.invalidateQueries();
      if (result.accepted) onSent?.();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Group align="flex-end" gap="sm">
          <TextInput
            label={t('test.phone')}
            description={t('test.help')}
            type="tel"
            inputMode="tel"
            autoComplete="tel"
            placeholder="+7"
            value={phone}
            onChange={(event) => setPhone(event.currentTarget.value)}
            error={fieldText(send.error, 'phone', t)}
            style={{ flex: '1 1 220px' }}
            data-autofocus
          />
          <Button type="submit" loading={send.isPending} disabled={phone.trim().length < 3}>
            {t('test.send')}
          </Button>
        </Group>
        {send.data ? <Outcome result={send.data} /> : null}
        <ErrorBox fault={send.error} shown={['phone']} />
      </Stack>
    </form>
  );
}

function Outcome({ result }: { result: TestResult }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Alert
      color={result.accepted ? 'green' : 'red'}
      title={t(result.accepted ? 'test.accepted' : 'test.refused')}
      role="status"
    >
      <Text size="sm">
        {result.accepted ? (
          <>
            {t('test.took', { time: format.span(result.ms) })} {result.cost ? <Money amount={result.cost} /> : null}
          </>
        ) : (
          [result.why, result.cure].filter(Boolean).join(' ')
        )}
      </Text>
      <Text size="sm" mt={4}>
        <bdi>{result.text}</bdi>
      </Text>
      {result.detail ? (
        <Text size="xs" c="dimmed" mt={4}>
          {t('test.detail')} <bdi>{result.detail}</bdi>
        </Text>
      ) : null}
    </Alert>
  );
}
