import { Group, Text, Timeline } from '@mantine/core';
import {
  IconArrowUp,
  IconBell,
  IconCheck,
  IconGavel,
  IconMessage,
  IconProgress,
  IconUser,
  IconX,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useFormat } from '@/i18n/format';

/** How a step is meant. */
export type Tone = 'plain' | 'good' | 'bad' | 'wait' | 'muted';

export const toneColors: Record<Tone, string> = {
  plain: 'gray',
  good: 'green',
  bad: 'red',
  wait: 'amber',
  muted: 'gray',
};

/** What kind of fact a step is, as a sign. */
const signs = {
  event: IconBell,
  decision: IconGavel,
  message: IconMessage,
  attempt: IconArrowUp,
  receipt: IconCheck,
  move: IconProgress,
  contact: IconUser,
};

export interface TimeStep {
  key: string;
  at: string;
  title: ReactNode;
  children?: ReactNode;
  tone: Tone;
  kind: keyof typeof signs;
}

/** Facts in time order, each with its time to the second in the restaurant's zone. */
export function TimeLine({ steps, zone, label }: { steps: TimeStep[]; zone?: string; label: string }) {
  const format = useFormat();
  return (
    <Timeline bulletSize={26} lineWidth={2} active={steps.length} aria-label={label} role="list">
      {steps.map((step) => {
        const Sign = step.kind === 'receipt' && step.tone === 'bad' ? IconX : (signs[step.kind] ?? IconBell);
        return (
          <Timeline.Item
            key={step.key}
            role="listitem"
            color={toneColors[step.tone]}
            bullet={<Sign size={14} />}
            title={
              <Group justify="space-between" wrap="nowrap" align="flex-start" gap="sm">
                <Text c={step.tone === 'muted' ? 'dimmed' : undefined} fw={step.tone === 'muted' ? 400 : 500}>
                  {step.title}
                </Text>
                <Text size="sm" c="dimmed" title={format.absolute(step.at, zone)} style={{ whiteSpace: 'nowrap' }}>
                  {format.time(step.at, zone, true)}
                </Text>
              </Group>
            }
          >
            {step.children}
          </Timeline.Item>
        );
      })}
    </Timeline>
  );
}
