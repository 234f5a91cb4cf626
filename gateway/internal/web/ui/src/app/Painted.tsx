import { localStorageColorSchemeManager, MantineProvider, mergeThemeOverrides } from '@mantine/core';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { theme, variables } from './theme';

const schemes = localStorageColorSchemeManager({ key: 'orderbell.scheme' });

/** Colours and type, and the words of widgets that have some of their own. */
export function Painted({ children }: { children: ReactNode }) {
  const { t, i18n } = useTranslation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the words change with the language
  const spoken = useMemo(() => {
    const close = { 'aria-label': t('close') };
    return mergeThemeOverrides(theme, {
      components: {
        Modal: { defaultProps: { closeButtonProps: close } },
        Notification: { defaultProps: { closeButtonProps: close } },
      },
    });
  }, [t, i18n.language]);
  return (
    <MantineProvider
      theme={spoken}
      cssVariablesResolver={variables}
      colorSchemeManager={schemes}
      defaultColorScheme="auto"
    >
      {children}
    </MantineProvider>
  );
}
