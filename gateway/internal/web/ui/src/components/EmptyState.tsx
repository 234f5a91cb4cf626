import { Center, Stack, Text, ThemeIcon } from '@mantine/core';
import { IconBell } from '@tabler/icons-react';
import type { ComponentType, ReactNode } from 'react';

/** Nothing to show yet: what will appear here, and the button that makes it so. */
export function EmptyState({
  icon: Icon = IconBell,
  title,
  children,
  action,
}: {
  icon?: ComponentType<{ size?: number; stroke?: number }>;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <Center py={48} px="md">
      <Stack align="center" gap="sm" maw={460}>
        <ThemeIcon variant="light" size={56} radius="xl" aria-hidden>
          <Icon size={28} stroke={1.5} />
        </ThemeIcon>
        <Text fw={600} size="lg" ta="center">
          {title}
        </Text>
        {children ? (
          <Text c="dimmed" ta="center" component="div">
            {children}
          </Text>
        ) : null}
        {action}
      </Stack>
    </Center>
  );
}
