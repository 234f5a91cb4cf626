import { ActionIcon, Menu } from '@mantine/core';
import { IconLogout, IconUser } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { sessionQuery, signOut } from '@/api/session';

/** Who is signed in, and the way out. */
export function UserMenu() {
  const { t } = useTranslation();
  const { data } = useQuery(sessionQuery);
  if (!data?.kind) return null;
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          c="var(--mantine-color-text)"
          size="lg"
          aria-label={t('user.menu', { name: data.name })}
        >
          <IconUser size={20} stroke={1.6} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <bdi>{data.name}</bdi> · {data.role ? t(`role.${data.role as 'owner'}`) : ''}
        </Menu.Label>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void signOut()}>
          {t('user.out')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
