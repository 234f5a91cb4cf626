import { Box, Group, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';

/** The frame of a page: its heading, what can be done on it, and its content. */
export function Page({
  title,
  lead,
  actions,
  narrow = false,
  children,
}: {
  title: string;
  lead?: ReactNode;
  actions?: ReactNode;
  /** For settings: a line no longer than is read with ease. */
  narrow?: boolean;
  children: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · Orderbell`;
  }, [title]);
  return (
    <Box maw={narrow ? 760 : 1280} mx={narrow ? undefined : 'auto'}>
      <Group justify="space-between" align="flex-start" mb="md" gap="sm">
        <Box style={{ flex: '1 1 240px', minWidth: 0 }}>
          <Title order={1} tabIndex={-1} id="page-title">
            {title}
          </Title>
          {lead ? (
            <Text c="dimmed" mt={4} maw={720}>
              {lead}
            </Text>
          ) : null}
        </Box>
        {actions ? <Group gap="xs">{actions}</Group> : null}
      </Group>
      {children}
    </Box>
  );
}
