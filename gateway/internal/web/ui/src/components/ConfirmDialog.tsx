import { Button, Group, Modal, PasswordInput, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { confirm } from '@/api/client';
import { confirmPassword } from '@/api/session';
import { ErrorBox } from './ErrorBox';
import { fieldText } from './problemText';
import { useAsk } from './useAsk';

/** Asks for the password once more before a dangerous act, which then goes on by itself. */
export function ConfirmDialog() {
  const { t } = useTranslation();
  const opened = useAsk(confirm);
  const [password, setPassword] = useState('');
  const check = useMutation({
    mutationFn: confirmPassword,
    onSuccess: () => {
      setPassword('');
      confirm.answer(true);
    },
  });
  const wrong = fieldText(check.error, 'password', t);
  const close = () => {
    setPassword('');
    check.reset();
    confirm.answer(false);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    check.mutate(password);
  };
  return (
    <Modal opened={opened} onClose={close} title={t('confirm.title')} zIndex={400}>
      <form onSubmit={submit}>
        <Text mb="md">{t('confirm.text')}</Text>
        <PasswordInput
          label={t('login.password')}
          value={password}
          error={wrong}
          onChange={(event) => setPassword(event.currentTarget.value)}
          autoComplete="current-password"
          data-autofocus
          visibilityToggleButtonProps={{ 'aria-label': t('secret.show') }}
        />
        {wrong ? null : <ErrorBox fault={check.error} />}
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={close}>
            {t('cancel')}
          </Button>
          <Button type="submit" loading={check.isPending} disabled={password === ''}>
            {t('confirm.go')}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
