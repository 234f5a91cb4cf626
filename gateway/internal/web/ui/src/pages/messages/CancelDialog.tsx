import { Button, Group, Modal, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useMessageAct } from '@/api/messages';
import type { Message } from '@/api/types';
import { ErrorBox } from '@/components/ErrorBox';
import { notify } from '@/components/notify';

/** A text that was cancelled never reaches the guest: it is asked first. */
export function CancelDialog({
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
    void notify(t('messages.cancelled'));
    close();
  };
  return (
    <Modal opened={opened} onClose={close} title={t('messages.cancelTitle')}>
      <Text>{t('messages.cancelText', { to: message.to })}</Text>
      <Text mt="sm" p="sm" bg="var(--ob-quiet)" style={{ borderRadius: 8 }}>
        <bdi>{message.text}</bdi>
      </Text>
      <ErrorBox fault={act.error} />
      <Group justify="flex-end" mt="lg">
        <Button variant="default" data-autofocus onClick={close}>
          {t('messages.keep')}
        </Button>
        <Button
          color="red.8"
          loading={act.isPending}
          onClick={() => act.mutate({ id: message.id, act: 'cancel' }, { onSuccess: done })}
        >
          {t('messages.cancel')}
        </Button>
      </Group>
    </Modal>
  );
}
