import { ActionIcon, Kbd, Modal, NavLink, Stack, Text, TextInput, UnstyledButton } from '@mantine/core';
import { useDisclosure, useHotkeys, useMediaQuery } from '@mantine/hooks';
import { IconMessage, IconPhone, IconReceipt, IconSearch } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { narrowScreen } from '@/components/KeysetList';
import { type Found, guesses } from './search';

const icons = { order: IconReceipt, phone: IconPhone, message: IconMessage };

/** One search for everything: an order's number, the end of a phone, a message's id. The key is "/". */
export function SearchBox() {
  const { t } = useTranslation();
  const [opened, { open, close }] = useDisclosure(false);
  const [text, setText] = useState('');
  const navigate = useNavigate();
  const narrow = useMediaQuery(narrowScreen, false, { getInitialValueInEffect: false });
  useHotkeys([['/', open]]);
  const found = guesses(text);
  const go = (one: Found) => {
    close();
    setText('');
    void navigate({ to: one.to, search: one.search });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (found[0]) go(found[0]);
  };
  return (
    <>
      {narrow ? (
        <ActionIcon
          variant="subtle"
          c="var(--mantine-color-text)"
          size="lg"
          onClick={open}
          aria-label={t('search.open')}
        >
          <IconSearch size={20} stroke={1.6} />
        </ActionIcon>
      ) : (
        <UnstyledButton onClick={open} className="ob-search" aria-keyshortcuts="/">
          <IconSearch size={16} stroke={1.8} aria-hidden />
          <Text span size="sm" c="dimmed">
            {t('search.open')}
          </Text>
          <Kbd size="xs">/</Kbd>
        </UnstyledButton>
      )}
      <Modal opened={opened} onClose={close} title={t('search.title')} centered={false}>
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
    </>
  );
}
