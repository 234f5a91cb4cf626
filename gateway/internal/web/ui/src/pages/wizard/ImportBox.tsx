import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Imported } from '@/api/types';
import { ErrorBox } from '@/components/ErrorBox';
import { Findings } from '@/components/Findings';
import { notify } from '@/components/notify';
import { useImport } from './useImport';

/**
 * The values of the old module's settings page, pasted as they are. What was understood is shown first;
 * then notifications and the restaurant's name are saved, and the account's form is filled in.
 */
export function ImportBox({ onUnderstood }: { onUnderstood: (found: Imported) => void }) {
  const { t } = useTranslation();
  const [opened, { open, close }] = useDisclosure(false);
  const [text, setText] = useState('');
  const { read, keep, name, restaurant, waiting, saves, reset } = useImport();
  const found = read.data;
  const finish = () => {
    setText('');
    reset();
    close();
  };
  const go = (all: Imported) => {
    keep
      .mutateAsync(all)
      .then(() => {
        if (saves) void notify(t('import.saved'));
        if (all.provider) onUnderstood(all);
        finish();
      })
      .catch(() => {}); // shown below
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
            autoComplete="off"
          />
          <ErrorBox fault={read.error} />
          {found ? <Findings findings={found.findings} /> : null}
          {restaurant === undefined || waiting ? null : (
            <Text size="sm">
              {restaurant === null
                ? t('import.nameNone', { name })
                : t('import.nameOne', { name, code: restaurant === '*' ? t('import.any') : restaurant })}
            </Text>
          )}
          {found?.provider && saves ? <Text size="sm">{t('import.next')}</Text> : null}
          <ErrorBox fault={keep.error} />
          <Group justify="flex-end" gap="xs">
            <Button
              variant="default"
              loading={read.isPending}
              disabled={text.trim() === ''}
              onClick={() => {
                keep.reset();
                read.mutate(text);
              }}
            >
              {t('import.read')}
            </Button>
            <Button
              disabled={!found || waiting || (!found.provider && !saves)}
              loading={keep.isPending}
              onClick={() => found && go(found)}
            >
              {t(saves ? 'import.save' : 'import.use')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
