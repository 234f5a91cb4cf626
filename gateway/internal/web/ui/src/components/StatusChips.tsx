import { Chip, Group, Text } from '@mantine/core';

/** Choices with their counts; several may be picked, none means all. */
export function StatusChips({
  label,
  choices,
  picked,
  onChange,
}: {
  label: string;
  choices: { value: string; label: string; count?: number | string; color?: string }[];
  picked: string[];
  onChange: (picked: string[]) => void;
}) {
  return (
    <Chip.Group multiple value={picked} onChange={onChange}>
      <Group gap={6} role="group" aria-label={label}>
        {choices.map((one) => (
          <Chip key={one.value} value={one.value} size="sm" variant="light" color={one.color}>
            {one.label}
            {one.count !== undefined ? (
              <Text span inherit fw={600} ml={6}>
                {one.count}
              </Text>
            ) : null}
          </Chip>
        ))}
      </Group>
    </Chip.Group>
  );
}
