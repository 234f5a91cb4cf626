import { SimpleGrid, Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** Names and values, side by side. A fact without a value is left out. */
export function Facts({ facts, cols = 3 }: { facts: [label: string, value: ReactNode][]; cols?: number }) {
  return (
    <SimpleGrid cols={{ base: 2, sm: cols }} spacing="md" verticalSpacing="sm">
      {facts
        .filter(([, value]) => value !== undefined && value !== null && value !== '' && value !== false)
        .map(([label, value]) => (
          <div key={label}>
            <Text size="xs" c="dimmed">
              {label}
            </Text>
            <Text component="div" size="sm" className="ob-fact" style={{ overflowWrap: 'anywhere' }}>
              {value}
            </Text>
          </div>
        ))}
    </SimpleGrid>
  );
}
