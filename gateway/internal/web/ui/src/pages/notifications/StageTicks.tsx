import { Group, Text } from '@mantine/core';
import { IconCheck, IconMinus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { stages } from '@/components/Stage';

/** Which statuses will trigger the text: the chosen one and all that come after it. */
export function StageTicks({ chosen }: { chosen: string }) {
  const { t } = useTranslation();
  const from = stages.find((one) => one.name === chosen)?.code ?? 7;
  return (
    <div>
      <Text size="sm" c="dimmed" mb={4}>
        {t('notify.triggers')}
      </Text>
      <Group gap="md" component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
        {stages.map((one) => {
          const ticked = one.code >= from;
          return (
            <Group component="li" key={one.name} gap={4} wrap="nowrap">
              {ticked ? (
                <IconCheck size={16} color="var(--mantine-color-green-text)" aria-label={t('notify.willTrigger')} />
              ) : (
                <IconMinus size={16} color="var(--mantine-color-dimmed)" aria-label={t('notify.willNot')} />
              )}
              <Text size="sm" c={ticked ? undefined : 'dimmed'}>
                {t(`stage.${one.word}`)}
              </Text>
            </Group>
          );
        })}
      </Group>
    </div>
  );
}
