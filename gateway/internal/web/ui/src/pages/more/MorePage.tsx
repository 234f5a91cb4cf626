import { Stack } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { tabs } from '@/app/pages';
import { usePages } from '@/app/usePages';
import { Page } from '@/components/Page';

/** What does not fit into the phone's bottom bar. */
export function MorePage() {
  const { t } = useTranslation();
  const rest = usePages().filter((page) => !tabs.includes(page.path));
  return (
    <Page title={t('nav.more')}>
      <Stack gap={2}>
        {rest.map(({ path, name, icon: Icon }) => (
          <Link key={path} to={path} className="ob-nav">
            <Icon size={20} stroke={1.6} aria-hidden />
            {t(`nav.${name}`)}
          </Link>
        ))}
      </Stack>
    </Page>
  );
}
