import { Modal, NavLink, Stack, Text, TextInput } from '@mantine/core';
import { IconMessage, IconPhone, IconReceipt } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Found, guesses } from './search';

const icons = { order: IconReceipt, phone: IconPhone, message: IconMessage };

/** Where what is typed may be found; Enter takes the likeliest. */
export function SearchDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const navigate = useNavigate();
  const found = guesses(text);
  const go = (one: Found) => {
    onClose();
    setText('');
    void navigate({ to: one.to, search: one.search as never });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (found[0]) go(found[0]);
  };
  return (
    <Modal opened={opened} onClose={onClose} title={t('search.title')} centered={false}>
      <form onSubmit={submit}>
        <TextInput
          aria-label={t('search.title')}
          placeholder={t('search.placeholder')}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          data-autofocus
          autoComplete="off"
        />
        <Stack gap={0} mt="sm">
          {found.map((one) => {
            const Icon = icons[one.kind];
            return (
              <NavLink
                key={one.kind}
                component="button"
                type="button"
                leftSection={<Icon size={18} stroke={1.6} />}
                label={t(`search.${one.kind}`, { text: one.shown })}
                onClick={() => go(one)}
              />
            );
          })}
        </Stack>
        <Text size="sm" c="dimmed" mt="sm">
          {t('search.help')}
        </Text>
      </form>
    </Modal>
  );
}
