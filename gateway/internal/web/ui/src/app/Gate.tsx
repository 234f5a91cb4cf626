import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { sessionQuery } from '@/api/session';
import { ErrorBox } from '@/components/ErrorBox';
import { Loading } from '@/components/Loading';
import { FrontDoor } from './FrontDoor';

const LoginPage = lazy(() => import('@/pages/login/LoginPage'));
const SetupPage = lazy(() => import('@/pages/setup/SetupPage'));

/** Lets in who is signed in; shows the others the way. */
export function Gate({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const session = useQuery(sessionQuery);
  if (session.data?.kind) return <>{children}</>;
  if (session.data) {
    return <Suspense fallback={<Loading />}>{session.data.setup_needed ? <SetupPage /> : <LoginPage />}</Suspense>;
  }
  if (session.isError) {
    return (
      <FrontDoor title={t('gone.door')}>
        <ErrorBox fault={session.error} retry={() => void session.refetch()} />
      </FrontDoor>
    );
  }
  return <Loading />;
}
