import { lazy, Suspense } from 'react';
import { confirm, login } from '@/api/client';
import { useAsk } from '@/components/useAsk';

const LoginDialog = lazy(async () => ({ default: (await import('./LoginDialog')).LoginDialog }));
const ConfirmDialog = lazy(async () => ({ default: (await import('@/components/ConfirmDialog')).ConfirmDialog }));

/** What the gateway may ask the person for, whatever page is open. Each is fetched when it is first needed. */
export function Dialogs() {
  const [wantsLogin, wantsConfirm] = [useAsk(login), useAsk(confirm)];
  return (
    <Suspense>
      {wantsLogin ? <LoginDialog /> : null}
      {wantsConfirm ? <ConfirmDialog /> : null}
    </Suspense>
  );
}
