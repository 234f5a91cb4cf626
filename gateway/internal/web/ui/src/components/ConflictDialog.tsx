import { Button, Group, Modal, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Problem } from '@/api/problem';

/** Tells whether a save was refused because somebody else saved first. */
export const isConflict = (fault: unknown) => fault instanceof Problem && fault.code === 'stale';

/**
 * Two people saved at once, and this one was second. Nothing is lost and nothing overwritten until the
 * person chooses.
 */
export function ConflictDialog({
  opened,
  onTheirs,
  onMine,
  onClose,
}: {
  opened: boolean;
  /** Show what the other one saved; what was typed here is dropped. */
  onTheirs: () => void;
  /** Save what was typed here over it. */
  onMine: () => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  return (
    <Modal opened={opened} onClose={onClose} title={t('conflict.title')} zIndex={300}>
      <Text>{t('conflict.text')}</Text>
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={onTheirs}>
          {t('conflict.theirs')}
        </Button>
        <Button variant="default" onClick={onMine}>
          {t('conflict.mine')}
        </Button>
        <Button data-autofocus onClick={onClose}>
          {t('conflict.stay')}
        </Button>
      </Group>
    </Modal>
  );
}
