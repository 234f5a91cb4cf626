import { ActionIcon, Button, Menu, Tooltip, useMantineColorScheme } from '@mantine/core';
import { IconCheck, IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { language, languages, switchLanguage } from '@/i18n/language';

/** RU or EN: one press shows the other language, at once. */
export function LanguageSwitch() {
  const { t } = useTranslation();
  const now = language();
  const next = languages.find((one) => one !== now) ?? 'ru';
  return (
    <Tooltip label={t('language.switch')}>
      <Button
        variant="subtle"
        color="gray"
        size="compact-md"
        c="var(--mantine-color-text)"
        px={8}
        lang={next}
        aria-label={`${now.toUpperCase()}. ${t('language.switch')}`}
        onClick={() => void switchLanguage(next)}
      >
        {now.toUpperCase()}
      </Button>
    </Tooltip>
  );
}

const schemes = [
  { value: 'light', icon: IconSun },
  { value: 'dark', icon: IconMoon },
  { value: 'auto', icon: IconDeviceDesktop },
] as const;

/** Light, dark, or as the device says. */
export function SchemeSwitch() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const Icon = schemes.find((one) => one.value === colorScheme)?.icon ?? IconSun;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          c="var(--mantine-color-text)"
          size="lg"
          aria-label={t('scheme.title')}
        >
          <Icon size={20} stroke={1.6} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {schemes.map(({ value, icon: Each }) => (
          <Menu.Item
            key={value}
            leftSection={<Each size={16} />}
            rightSection={value === colorScheme ? <IconCheck size={16} /> : null}
            onClick={() => setColorScheme(value)}
          >
            {t(`scheme.${value}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
