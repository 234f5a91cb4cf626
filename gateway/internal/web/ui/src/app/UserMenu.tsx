import { IconUser } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { sessionQuery } from '@/api/session';
import { MenuButton } from './MenuButton';

const loadItems = async () => ({ default: (await import('./UserMenuItems')).UserMenuItems });

/** Who is signed in, and the way out. */
export function UserMenu() {
  const { t } = useTranslation();
  const { data } = useQuery(sessionQuery);
  if (!data?.kind) return null;
  return (
    <MenuButton
      label={t('user.menu', { name: data.name })}
      icon={<IconUser size={20} stroke={1.6} />}
      load={loadItems}
    />
  );
}
