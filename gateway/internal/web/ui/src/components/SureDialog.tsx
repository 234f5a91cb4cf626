import { Button, Group, Modal, Text } from '@mantine/core';
import type { UseMutationResult } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ErrorBox } from './ErrorBox';

/** Asks before something is done that cannot be taken back, and says what follows from it. */
export function SureDialog({
  opened,
  title,
  text,
  go,
  act,
  onClose,
}: {
  opened: boolean;
  title: string;
  text: string;
  /** What the button says. */
  go: string;
  act: UseMutationResult<unknown, Error, void>;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const close = () => {
    act.reset();
    onClose();
  };
  return (
    <Modal opened={opened} onClose={close} title={title}>
      <Text>{text}</Text>
      <ErrorBox fault={act.error} />
      <Group justify="flex-end" mt="lg">
        <Button variant="default" data-autofocus onClick={close}>
          {t('cancel')}
        </Button>
        <Button color="red.8" loading={act.isPending} onClick={() => act.mutateAsync().then(close, () => {})}>
          {go}
        </Button>
      </Group>
    </Modal>
  );
}
