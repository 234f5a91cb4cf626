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

/**
 * How far an order has come: one bar for each stage, filled up to the present one. Five names do not fit
 * side by side on a phone: it has the present one alone, below.
 */
export function StageBar({
  stage,
  times = {},
}: {
  stage: string | number;
  times?: Partial<Record<StageWord, string>>;
}) {
  const { t } = useTranslation();
  const now = findStage(stage);
  const reached = now?.code ?? 0;
  return (
    <div role="img" aria-label={t('stage.bar', { stage: t(`stage.${now?.word ?? 'none'}`) })}>
      <Group gap={4} wrap="nowrap" align="flex-start">
        {stages.map((one) => (
          <Box key={one.word} style={{ flex: 1, minWidth: 0 }}>
            <Box
              h={6}
              style={{
                borderRadius: 3,
                background:
                  one.code <= reached ? 'var(--mantine-color-amber-5)' : 'var(--mantine-color-default-border)',
              }}
            />
            <Box className="ob-stage">
              <Text size="xs" mt={4} c={one === now ? undefined : 'dimmed'} fw={one === now ? 600 : 400}>
                {t(`stage.${one.word}`)}
              </Text>
              <Text size="xs" c="dimmed">
                {times[one.word] ?? ''}
              </Text>
            </Box>
          </Box>
        ))}
      </Group>
      {now ? (
        <Text size="sm" mt={6} fw={600} className="ob-stage-now">
          {t(`stage.${now.word}`)}{' '}
          <Text span inherit c="dimmed" fw={400}>
            {times[now.word] ?? ''}
          </Text>
        </Text>
      ) : null}
    </div>
  );
}
