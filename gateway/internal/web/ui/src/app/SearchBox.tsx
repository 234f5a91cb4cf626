import { ActionIcon, Kbd, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure, useMediaQuery, useWindowEvent } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { narrowScreen } from '@/components/narrowScreen';
import { asksForSearch } from './searchKey';

const SearchDialog = lazy(async () => ({ default: (await import('./SearchDialog')).SearchDialog }));

/** One search for everything: an order's number, the end of a phone, a message's id. The key is "/". */
export function SearchBox() {
  const { t } = useTranslation();
  const [opened, { open, close }] = useDisclosure(false);
  const [used, setUsed] = useState(false);
  const narrow = useMediaQuery(narrowScreen, false, { getInitialValueInEffect: false });
  const show = () => {
    setUsed(true);
    open();
  };
  useWindowEvent('keydown', (pressed) => {
    if (!asksForSearch(pressed)) return;
    pressed.preventDefault();
    show();
  });
  return (
    <>
      {narrow ? (
        <ActionIcon
          variant="subtle"
          c="var(--mantine-color-text)"
          size="lg"
          onClick={show}
          aria-label={t('search.open')}
        >
          <IconSearch size={20} stroke={1.6} />
        </ActionIcon>
      ) : (
        <UnstyledButton onClick={show} className="ob-search" aria-keyshortcuts="/">
          <IconSearch size={16} stroke={1.8} aria-hidden />
          <Text span size="sm" c="dimmed">
            {t('search.open')}
          </Text>
          <Kbd size="xs">/</Kbd>
        </UnstyledButton>
      )}
      <Suspense>{used ? <SearchDialog opened={opened} onClose={close} /> : null}</Suspense>
    </>
  );
}
