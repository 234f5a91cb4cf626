import { Group, Text } from '@mantine/core';

/** The bell and the name. */
export function Brand({ size = 26 }: { size?: number }) {
  return (
    <Group gap={10} wrap="nowrap">
      <img src="/favicon.svg" width={size} height={size} alt="" />
      <Text fw={700} fz={size * 0.72} lh={1} style={{ letterSpacing: '-0.01em' }}>
        Orderbell
      </Text>
    </Group>
  );
}
