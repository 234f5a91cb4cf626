import { Button, Group, Modal, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useMessageAct } from '@/api/messages';
import type { Message } from '@/api/types';
import { ErrorBox } from '@/components/ErrorBox';
import { notify } from '@/components/notify';

const acts = {
  /** A text that was cancelled never reaches the guest. */
  cancel: {
    title: 'messages.cancelTitle',
    text: 'messages.cancelText',
    stay: 'messages.keep',
    go: 'messages.cancel',
    done: 'messages.cancelled',
    color: 'red.8',
  },
  /** Another text costs money and may surprise the guest. */
  resend: {
    title: 'messages.resendTitle',
    text: 'messages.resendText',
    stay: 'cancel',
    go: 'messages.resend',
    done: 'messages.resent',
    color: undefined,
  },
} as const;

/** Asks before a text is cancelled or sent again, and shows which text it is about. */
export function ActDialog({
  act,
  message,
  opened,
  onClose,
}: {
  act: keyof typeof acts;
  message: Pick<Message, 'id' | 'to' | 'text'>;
  opened: boolean;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const run = useMessageAct();
  const words = acts[act];
  const close = () => {
    run.reset();
    onClose();
  };
  const done = () => {
    void notify(t(words.done));
    close();
  };
  return (
    <Modal opened={opened} onClose={close} title={t(words.title)}>
      <Text>{t(words.text, { to: message.to })}</Text>
      <Text mt="sm" p="sm" bg="var(--ob-quiet)" style={{ borderRadius: 8 }}>
        <bdi>{message.text}</bdi>
      </Text>
      <ErrorBox fault={run.error} />
      <Group justify="flex-end" mt="lg">
        <Button variant="default" data-autofocus onClick={close}>
          {t(words.stay)}
        </Button>
        <Button
          color={words.color}
          loading={run.isPending}
          onClick={() => run.mutate({ id: message.id, act }, { onSuccess: done })}
        >
          {t(words.go)}
        </Button>
      </Group>
    </Modal>
  );
}
