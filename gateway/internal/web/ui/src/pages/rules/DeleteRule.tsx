import { ActionIcon, Button, Group, Modal, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconTrash } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useDeleteRule } from '@/api/rules';
import { useMay } from '@/api/session';
import { ErrorBox } from '@/components/ErrorBox';
import { notify } from '@/components/notify';

/** Removes a rule file after a question. */
export function DeleteRule({ name }: { name: string }) {
  const { t } = useTranslation();
  const may = useMay();
  const navigate = useNavigate();
  const [asked, { open, close }] = useDisclosure(false);
  const remove = useDeleteRule();
  if (!may('rules:write')) return null;
  const done = () => {
    close();
    void notify(t('rules.deleted', { name }));
    void navigate({ to: '/rules' });
  };
  return (
    <>
      <ActionIcon variant="default" size="lg" aria-label={t('rules.delete', { name })} onClick={open}>
        <IconTrash size={18} />
      </ActionIcon>
      <Modal opened={asked} onClose={close} title={t('rules.deleteTitle', { name })}>
        <Text>{t('rules.deleteText')}</Text>
        <ErrorBox fault={remove.error} />
        <Group justify="flex-end" mt="lg">
          <Button variant="default" data-autofocus onClick={close}>
            {t('cancel')}
          </Button>
          <Button color="red" loading={remove.isPending} onClick={() => remove.mutate(name, { onSuccess: done })}>
            {t('rules.deleteGo')}
          </Button>
        </Group>
      </Modal>
    </>
  );
}
