import { Modal, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { login } from '@/api/client';
import { sessionQuery } from '@/api/session';
import { useAsk } from '@/components/useAsk';
import { LoginForm } from '@/pages/login/LoginForm';

/** The session ended while somebody was working: sign in again, above the page, and go on. */
export function LoginDialog() {
  const { t } = useTranslation();
  const opened = useAsk(login);
  const { data } = useQuery(sessionQuery);
  return (
    <Modal opened={opened} onClose={() => login.answer(false)} title={t('login.again')} zIndex={500}>
      <Text mb="md">{t('login.againText')}</Text>
      <LoginForm name={data?.name} done={() => login.answer(true)} />
    </Modal>
  );
}
