import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, given, queries } from '@/api/client';
import type { User } from '@/api/types';
import { ErrorBox } from '@/components/ErrorBox';
import { SureDialog } from '@/components/SureDialog';

/** Keeps a user from signing in, after a question, and lets in again, without one. */
export function LockUser({ user }: { user: User }) {
  const { t } = useTranslation();
  const [asked, { open, close }] = useDisclosure(false);
  const params = { path: { id: user.id } };
  const onSuccess = () => queries.invalidateQueries({ queryKey: ['users'] });
  const lock = useMutation({ mutationFn: () => given(api.POST('/api/v1/users/{id}/lock', { params })), onSuccess });
  const unlock = useMutation({ mutationFn: () => given(api.POST('/api/v1/users/{id}/unlock', { params })), onSuccess });
  return (
    <>
      {user.locked_at ? (
        <Button size="xs" variant="default" loading={unlock.isPending} onClick={() => unlock.mutate()}>
          {t('users.unlock')}
        </Button>
      ) : (
        <Button size="xs" variant="default" onClick={open}>
          {t('users.lock')}
        </Button>
      )}
      <ErrorBox fault={unlock.error} />
      <SureDialog
        opened={asked}
        onClose={close}
        title={t('users.lockTitle', { name: user.name })}
        text={t('users.lockText')}
        go={t('users.lock')}
        act={lock}
      />
    </>
  );
}
