import { Menu } from '@mantine/core';
import { IconLogout } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { sessionQuery, signOut } from '@/api/session';
import { HeaderMenu } from './HeaderMenu';
import type { MenuOfButton } from './MenuButton';

/** The person's name and role, and the way out. */
export function UserMenuItems(menu: MenuOfButton) {
  const { t } = useTranslation();
  const { data } = useQuery(sessionQuery);
  return (
    <HeaderMenu {...menu}>
      <Menu.Label>
        <bdi>{data?.name}</bdi> · {data?.role ? t(`role.${data.role as 'owner'}`) : ''}
      </Menu.Label>
      <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void signOut()}>
        {t('user.out')}
      </Menu.Item>
    </HeaderMenu>
  );
}
