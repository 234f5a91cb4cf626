import { Button, Group, Modal, Text } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';

/** A window in which something is typed: closing it asks first, so that a stray key loses nothing. */
export function GuardedModal({
  opened,
  typed,
  title,
  onClose,
  children,
}: {
  opened: boolean;
  /** Something was typed and is not saved. */
  typed: boolean;
  title: ReactNode;
  onClose: () => void;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState(false);
  const leave = () => {
    setAsked(false);
    onClose();
  };
  return (
    // Of a stack only the window on top hears the key.
    <Modal.Stack>
      <Modal
        stackId="window"
        opened={opened}
        onClose={() => (typed ? setAsked(true) : onClose())}
        title={title}
        size="lg"
      >
        {children}
      </Modal>
      <Modal stackId="question" opened={opened && asked} onClose={() => setAsked(false)} title={t('leave.title')}>
        <Text>{t('leave.window')}</Text>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={leave}>
            {t('leave.close')}
          </Button>
          <Button data-autofocus onClick={() => setAsked(false)}>
            {t('leave.stay')}
          </Button>
        </Group>
      </Modal>
    </Modal.Stack>
  );
}
