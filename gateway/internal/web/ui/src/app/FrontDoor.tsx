import { Box, Center, Group, Paper, Stack, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { ConnectionBanner } from '@/components/ConnectionBanner';
import { Brand } from './Brand';
import { LanguageSwitch, SchemeSwitch } from './switches';

/** The frame of what is seen before anybody is signed in. */
export function FrontDoor({ title, wide = false, children }: { title: string; wide?: boolean; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Orderbell`;
  }, [title]);
  return (
    <Box component="main" mih="100dvh" p="md">
      <Group justify="flex-end" gap="xs">
        <LanguageSwitch />
        <SchemeSwitch />
      </Group>
      <Center mih="calc(100dvh - 120px)">
        <Stack w="100%" maw={wide ? 620 : 400}>
          <Brand size={34} />
          <ConnectionBanner />
          <Paper p="lg" radius="lg">
            <Title order={1} mb="md">
              {title}
            </Title>
            {children}
          </Paper>
        </Stack>
      </Center>
    </Box>
  );
}
