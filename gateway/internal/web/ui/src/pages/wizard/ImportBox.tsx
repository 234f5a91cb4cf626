import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Imported } from '@/api/types';
import { ErrorBox } from '@/components/ErrorBox';
import { Findings } from '@/components/Findings';
import { useImport } from './api';

/** The values of the old module's settings page, pasted as they are; what was understood is shown first. */
export function ImportBox({ onUnderstood }: { onUnderstood: (found: Imported) => void }) {
  const { t } = useTranslation();
  const [opened, { open, close }] = useDisclosure(false);
  const [text, setText] = useState('');
  const read = useImport();
  const finish = () => {
    setText('');
    read.reset();
    close();
  };
  return (
    <>
      <Button size="sm" variant="default" onClick={open}>
        {t('import.open')}
      </Button>
      <Modal opened={opened} onClose={finish} title={t('import.title')} size="lg">
        <Stack>
          <Text>{t('import.text')}</Text>
          <Textarea
            aria-label={t('import.title')}
            placeholder={t('import.example')}
            autosize
            minRows={6}
            maxRows={14}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            data-autofocus
            spellCheck={false}
          />
          <ErrorBox fault={read.error} />
          {read.data ? <Findings findings={read.data.findings} /> : null}
          <Group justify="flex-end" gap="xs">
            <Button
              variant="default"
              loading={read.isPending}
              disabled={text.trim() === ''}
              onClick={() => read.mutate(text)}
            >
              {t('import.read')}
            </Button>
            <Button
              disabled={!read.data?.provider}
              onClick={() => {
                if (read.data) onUnderstood(read.data);
                finish();
              }}
            >
              {t('import.use')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
