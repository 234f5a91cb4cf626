import { Box, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** The stages that can trigger a text, in the order in which an order passes them, with their codes. */
export const stages = [
  { code: 2, word: 'started', name: 'kdsStarted' },
  { code: 3, word: 'ready', name: 'kdsReady' },
  { code: 4, word: 'out', name: 'kdsOut' },
  { code: 5, word: 'collect', name: 'kdsCollect' },
  { code: 6, word: 'collected', name: 'kdsCollected' },
] as const;
export type StageWord = (typeof stages)[number]['word'];

/** Finds a stage by its word, its name on the vendor's page, or its number. */
export function findStage(text: string | number) {
  const wanted = String(text).toLowerCase();
  return stages.find((one) => one.word === wanted || one.name.toLowerCase() === wanted || String(one.code) === wanted);
}

/** A stage in a word. A stage that this page does not know is shown as it came. */
export function StageName({ stage }: { stage: string | number }) {
  const { t } = useTranslation();
  const found = findStage(stage);
  if (found) return <>{t(`stage.${found.word}`)}</>;
  if (stage === 'sent' || stage === 1) return <>{t('stage.sent')}</>;
  return <>{stage === '' || stage === 0 ? t('stage.none') : String(stage)}</>;
}

/** How far an order has come: one bar for each stage, filled up to the present one. */
export function StageBar({
  stage,
  times = {},
}: {
  stage: string | number;
  times?: Partial<Record<StageWord, string>>;
}) {
  const { t } = useTranslation();
  const reached = findStage(stage)?.code ?? 0;
  return (
    <Group
      gap={4}
      wrap="nowrap"
      align="flex-start"
      role="img"
      aria-label={t('stage.bar', { stage: t(`stage.${findStage(stage)?.word ?? 'none'}`) })}
    >
      {stages.map((one) => (
        <Box key={one.word} style={{ flex: 1, minWidth: 0 }}>
          <Box
            h={6}
            style={{
              borderRadius: 3,
              background: one.code <= reached ? 'var(--mantine-color-amber-5)' : 'var(--mantine-color-default-border)',
            }}
          />
          <Text
            size="xs"
            mt={4}
            truncate
            c={one.code === reached ? undefined : 'dimmed'}
            fw={one.code === reached ? 600 : 400}
          >
            {t(`stage.${one.word}`)}
          </Text>
          <Text size="xs" c="dimmed">
            {times[one.word] ?? ''}
          </Text>
        </Box>
      ))}
    </Group>
  );
}
