import { Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { OrderDetail } from '@/api/types';
import { StageName } from '@/components/Stage';

/** The dishes with their own stages, and why some do not count for the order's. */
export function Dishes({ dishes }: { dishes: OrderDetail['dishes'] }) {
  const { t } = useTranslation();
  if (dishes.length === 0) return null;
  return (
    <div>
      <Title order={2} mb="sm">
        {t('orders.dishes')}
      </Title>
      <Paper p={0}>
        <Stack gap={0}>
          {dishes.map((dish, index) => (
            <Group
              // biome-ignore lint/suspicious/noArrayIndexKey: the same dish may stand there twice
              key={index}
              justify="space-between"
              px="md"
              py={8}
              style={index > 0 ? { borderTop: '1px solid var(--ob-lines)' } : undefined}
            >
              <Text
                size="sm"
                c={dish.counts ? undefined : 'dimmed'}
                style={{ flex: '1 1 180px', minWidth: 0, overflowWrap: 'anywhere' }}
              >
                <bdi>{dish.name}</bdi> × {dish.quantity}
              </Text>
              <Text size="sm" c="dimmed" style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
                <StageName stage={dish.stage === 'none' ? '' : dish.stage} />
                {dish.why ? ` · ${dish.why}` : ''}
              </Text>
            </Group>
          ))}
        </Stack>
      </Paper>
    </div>
  );
}
