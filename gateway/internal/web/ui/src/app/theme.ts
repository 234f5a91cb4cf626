import {
  type CSSVariablesResolver,
  createTheme,
  DEFAULT_THEME,
  type MantineColorsTuple,
  type MantineThemeOverride,
} from '@mantine/core';

/** The bell: the one accent. */
const amber: MantineColorsTuple = [
  '#fff6e5',
  '#ffe9c2',
  '#ffd88f',
  '#fdc55a',
  '#f7b232',
  '#efa11a',
  '#d98a00',
  '#a86500',
  '#855000',
  '#643b00',
];

/** Warm near-black, so that night paper and day paper are the same paper. */
const dark: MantineColorsTuple = [
  '#ece6dd',
  '#cfc7bc',
  '#ada499',
  '#857c72',
  '#4d463f',
  '#39342e',
  '#28241f',
  '#1d1a17',
  '#151311',
  '#0d0b0a',
];

export const theme: MantineThemeOverride = createTheme({
  primaryColor: 'amber',
  primaryShade: { light: 5, dark: 5 },
  colors: { amber, dark },
  autoContrast: true,
  luminanceThreshold: 0.35,
  black: '#201c17',
  defaultRadius: 'md',
  respectReducedMotion: true,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "Cascadia Mono", "SF Mono", Consolas, "DejaVu Sans Mono", monospace',
  fontSizes: { xs: '0.78rem', sm: '0.87rem', md: '0.9375rem', lg: '1.0625rem', xl: '1.25rem' },
  headings: {
    fontWeight: '650',
    sizes: {
      h1: { fontSize: '1.5rem', lineHeight: '1.3' },
      h2: { fontSize: '1.2rem', lineHeight: '1.35' },
      h3: { fontSize: '1rem', lineHeight: '1.4' },
    },
  },
  components: {
    Tooltip: { defaultProps: { events: { hover: true, focus: true, touch: true }, multiline: true, maw: 320 } },
    Modal: {
      defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.45 } },
      styles: { title: { fontSize: 'var(--mantine-font-size-lg)', fontWeight: 650, lineHeight: 1.35 } },
    },
    Paper: { defaultProps: { withBorder: true, p: 'md' } },
    Card: { defaultProps: { withBorder: true, padding: 'md' } },
    Badge: {
      defaultProps: { variant: 'light', radius: 'sm' },
      styles: { root: { '--badge-fz': '0.8rem' }, label: { textTransform: 'none', fontWeight: 600 } },
    },
    Table: { defaultProps: { verticalSpacing: 8, horizontalSpacing: 12 } },
    Loader: { defaultProps: { type: 'dots' } },
  },
});

/** Words on a tint of the same colour, by day: dark enough for small letters. */
const tinted = {
  amber: '#5c3600',
  green: '#1a5e2a',
  red: '#991b1b',
  gray: '#343a40',
  violet: '#4c2fa8',
  blue: '#12507f',
  teal: '#05513c',
  orange: '#8a2f0a',
};

/**
 * The stock colours for quiet text, errors and tinted badges miss the contrast of WCAG AA; these do
 * not, in either scheme. The browser tests hold it.
 */
export const variables: CSSVariablesResolver = (used) => {
  const light: Record<string, string> = {
    '--mantine-color-body': '#fffdf9',
    '--mantine-color-dimmed': '#655d54',
    '--mantine-color-error': '#b3261e',
    '--mantine-color-placeholder': '#70675d',
    '--mantine-color-anchor': '#855000',
    '--mantine-color-default-border': '#e4dcd0',
    '--mantine-color-disabled-color': '#70675d',
    '--ob-quiet': '#faf5ec',
    '--ob-lines': '#ece5da',
    '--ob-input-border': '#b9ae9f',
  };
  const night: Record<string, string> = {
    '--mantine-color-dimmed': '#ada499',
    '--mantine-color-error': '#ff9d93',
    '--mantine-color-placeholder': '#a0978c',
    '--mantine-color-anchor': '#f7b94f',
    '--mantine-color-default-border': '#39342e',
    '--mantine-color-disabled-color': '#a0978c',
    '--mantine-color-body': '#151311',
    '--mantine-color-default': '#1d1a17',
    '--mantine-color-default-hover': '#28241f',
    '--ob-quiet': '#1d1a17',
    '--ob-lines': '#2c2823',
    '--ob-input-border': '#5a5249',
  };
  for (const [name, deep] of Object.entries(tinted)) {
    const shades = used.colors[name] ?? DEFAULT_THEME.colors.gray;
    light[`--mantine-color-${name}-light-color`] = deep;
    light[`--mantine-color-${name}-text`] = deep;
    light[`--mantine-color-${name}-outline`] = deep;
    night[`--mantine-color-${name}-light`] = `color-mix(in srgb, ${shades[5]} 16%, transparent)`;
    night[`--mantine-color-${name}-light-color`] = shades[2];
    night[`--mantine-color-${name}-text`] = shades[2];
    night[`--mantine-color-${name}-outline`] = shades[2];
  }
  return { variables: {}, light, dark: night };
};
