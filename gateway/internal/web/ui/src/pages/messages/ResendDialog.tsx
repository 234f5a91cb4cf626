import { Button, Group, Modal, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useMessageAct } from '@/api/messages';
import type { Message } from '@/api/types';
import { ErrorBox } from '@/components/ErrorBox';
import { notify } from '@/components/notify';

/** Sending a text again costs money and may surprise the guest: it is asked first. */
export function ResendDialog({
  message,
  opened,
  onClose,
}: {
  message: Pick<Message, 'id' | 'to' | 'text'>;
  opened: boolean;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const act = useMessageAct();
  const close = () => {
    act.reset();
    onClose();
  };
  const done = () => {
    void notify(t('messages.resent'));
    close();
  };
  return (
    <Modal opened={opened} onClose={close} title={t('messages.resendTitle')}>
      <Text>{t('messages.resendText', { to: message.to })}</Text>
      <Text mt="sm" p="sm" bg="var(--ob-quiet)" style={{ borderRadius: 8 }}>
        <bdi>{message.text}</bdi>
      </Text>
      <ErrorBox fault={act.error} />
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={close}>
          {t('cancel')}
        </Button>
        <Button
          loading={act.isPending}
          onClick={() => act.mutate({ id: message.id, act: 'resend' }, { onSuccess: done })}
        >
          {t('messages.resend')}
        </Button>
      </Group>
    </Modal>
  );
}
