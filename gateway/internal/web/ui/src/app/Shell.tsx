import { Box, Divider, Group, Stack, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconDots } from '@tabler/icons-react';
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { Suspense, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { ConnectionBanner } from '@/components/ConnectionBanner';
import { Loading } from '@/components/Loading';
import { narrowScreen } from '@/components/narrowScreen';
import { Brand } from './Brand';
import { Dialogs } from './Dialogs';
import { groups, tabs } from './pages';
import { SearchBox } from './SearchBox';
import { LanguageSwitch, SchemeSwitch } from './switches';
import { UserMenu } from './UserMenu';
import { usePages } from './usePages';

/** The frame around every page: navigation at the side, or at the bottom of a phone. */
export function Shell() {
  const { t } = useTranslation();
  const narrow = useMediaQuery(narrowScreen, false, { getInitialValueInEffect: false });
  const path = useRouterState({ select: (state) => state.location.pathname });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new address starts at its top
  useEffect(() => {
    window.scrollTo(0, 0); // what it gives back is a promise in new browsers, and no clean-up
  }, [path]);
  return (
    <div className="ob-shell">
      <a href="#page-title" className="ob-skip">
        {t('skip')}
      </a>
      {narrow ? null : (
        <nav className="ob-side" aria-label={t('nav.label')}>
          <Box px={12} py={10} mb={6}>
            <Brand />
          </Box>
          <SideNavigation />
        </nav>
      )}
      <div className="ob-column">
        <header className="ob-header">
          {narrow ? <Brand size={24} /> : <span />}
          <Group gap={4} wrap="nowrap">
            <SearchBox />
            <LanguageSwitch />
            <SchemeSwitch />
            <UserMenu />
          </Group>
        </header>
        <main className="ob-main">
          <ConnectionBanner />
          <Suspense fallback={<Loading />}>
            <Outlet />
          </Suspense>
        </main>
      </div>
      {narrow ? (
        <footer className="ob-foot">
          <BottomBar />
        </footer>
      ) : null}
      <Dialogs />
    </div>
  );
}

function SideNavigation() {
  const { t } = useTranslation();
  const shown = usePages();
  return (
    <Stack gap={2} style={{ overflowY: 'auto' }}>
      {groups.map((group, index) => {
        const inside = shown.filter((page) => page.group === group);
        if (inside.length === 0) return null;
        return (
          <Stack key={group} gap={2}>
            {index > 0 ? <Divider my={8} /> : null}
            {inside.map(({ path, name, icon: Icon }) => (
              <Link key={path} to={path} className="ob-nav" activeOptions={{ exact: path === '/' }}>
                <Icon size={20} stroke={1.6} aria-hidden />
                {t(`nav.${name}`)}
              </Link>
            ))}
          </Stack>
        );
      })}
    </Stack>
  );
}

function BottomBar() {
  const { t } = useTranslation();
  const shown = usePages().filter((page) => tabs.includes(page.path));
  return (
    <Group component="nav" aria-label={t('nav.label')} h="100%" gap={0} wrap="nowrap" align="stretch">
      {shown.map(({ path, name, icon: Icon }) => (
        <Link key={path} to={path} className="ob-tab" activeOptions={{ exact: path === '/' }}>
          <Icon size={22} stroke={1.6} aria-hidden />
          <Text span size="xs" truncate>
            {t(`nav.${name}`)}
          </Text>
        </Link>
      ))}
      <Link to="/more" className="ob-tab">
        <IconDots size={22} stroke={1.6} aria-hidden />
        <Text span size="xs">
          {t('nav.more')}
        </Text>
      </Link>
    </Group>
  );
}
