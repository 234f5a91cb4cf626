import { Group, Title } from '@mantine/core';
import type { ReactNode } from 'react';

/** A part of the page with its heading and what can be done in it. */
export function Part({ title, action, children }: { title: string; action?: ReactNode; children: ReactNode }) {
  return (
    <section>
      <Group justify="space-between" mb="sm">
        <Title order={2}>{title}</Title>
        {action}
      </Group>
      {children}
    </section>
  );
}
