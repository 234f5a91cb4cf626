import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { FrontDoor } from '@/app/FrontDoor';
import { LoginForm } from './LoginForm';

/** Signing in. The address stays: afterwards the page that was asked for is shown. */
export default function LoginPage() {
  const { t } = useTranslation();
  return (
    <FrontDoor title={t('login.title')}>
      <LoginForm />
      <Text size="sm" c="dimmed" mt="lg">
        {t('login.forgot')} <code>orderbell user reset-password</code>
      </Text>
    </FrontDoor>
  );
}
