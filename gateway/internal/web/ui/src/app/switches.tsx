import { Button, useMantineColorScheme } from '@mantine/core';
import { IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { chooseLanguage } from '@/api/session';
import { language, languages } from '@/i18n/language';
import { MenuButton } from './MenuButton';

/** RU or EN: one press shows the other language, at once. */
export function LanguageSwitch() {
  const { t } = useTranslation();
  const now = language();
  const next = languages.find((one) => one !== now) ?? 'ru';
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-md"
      c="var(--mantine-color-text)"
      px={8}
      lang={next}
      title={t('language.switch')}
      aria-label={`${now.toUpperCase()}. ${t('language.switch')}`}
      onClick={() => void chooseLanguage(next)}
    >
      {now.toUpperCase()}
    </Button>
  );
}

/** Light, dark, or as the device says: in the order of their menu. */
export const schemes = [
  { value: 'light', icon: IconSun },
  { value: 'dark', icon: IconMoon },
  { value: 'auto', icon: IconDeviceDesktop },
] as const;

const loadItems = async () => ({ default: (await import('./SchemeMenu')).SchemeMenu });

/** The icon of the scheme that is chosen; its menu offers the others. */
export function SchemeSwitch() {
  const { t } = useTranslation();
  const { colorScheme } = useMantineColorScheme();
  const Icon = schemes.find((one) => one.value === colorScheme)?.icon ?? IconSun;
  return <MenuButton label={t('scheme.title')} icon={<Icon size={20} stroke={1.6} />} load={loadItems} />;
}
