import { Menu, useMantineColorScheme } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { HeaderMenu } from './HeaderMenu';
import type { MenuOfButton } from './MenuButton';
import { schemes } from './switches';

/** The schemes, the chosen one with a tick. */
export function SchemeMenu(menu: MenuOfButton) {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <HeaderMenu {...menu}>
      {schemes.map(({ value, icon: Icon }) => (
        <Menu.Item
          key={value}
          leftSection={<Icon size={16} />}
          rightSection={value === colorScheme ? <IconCheck size={16} /> : null}
          onClick={() => setColorScheme(value)}
        >
          {t(`scheme.${value}`)}
        </Menu.Item>
      ))}
    </HeaderMenu>
  );
}
