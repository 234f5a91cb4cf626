import { ActionIcon, Box, Group, Paper, Select, Stack, Text } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconGripVertical, IconX } from '@tabler/icons-react';
import { type DragEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';

/** Puts one entry of a list at another place. */
export function moved<T>(list: T[], from: number, to: number): T[] {
  if (to < 0 || to >= list.length || from === to) return list;
  const rest = list.filter((_, index) => index !== from);
  return [...rest.slice(0, to), list[from] as T, ...rest.slice(to)];
}

/** Accounts in order of preference: by dragging, and by buttons for keyboards and fingers. */
export function RouteField({
  route,
  accounts,
  onChange,
  readOnly = false,
}: {
  route: string[];
  /** Every account by name, with what people call it. */
  accounts: Record<string, string>;
  onChange: (route: string[]) => void;
  readOnly?: boolean;
}) {
  const { t } = useTranslation();
  const [dragged, setDragged] = useState<number | null>(null);
  const rest = Object.keys(accounts).filter((name) => !route.includes(name));
  const over = (event: DragEvent, index: number) => {
    event.preventDefault();
    if (dragged === null || dragged === index) return;
    onChange(moved(route, dragged, index));
    setDragged(index);
  };
  return (
    <Stack gap="xs">
      {route.map((name, index) => (
        <Paper
          key={name}
          p={6}
          draggable={!readOnly}
          onDragStart={() => setDragged(index)}
          onDragOver={(event) => over(event, index)}
          onDragEnd={() => setDragged(null)}
          style={{ opacity: dragged === index ? 0.5 : 1 }}
        >
          <Group gap="xs" wrap="nowrap">
            {readOnly ? null : (
              <IconGripVertical size={16} color="var(--mantine-color-dimmed)" style={{ cursor: 'grab' }} aria-hidden />
            )}
            <Text fw={600} w={18} ta="right">
              {index + 1}
            </Text>
            <Box style={{ flex: 1, minWidth: 0 }}>
              <Text>{accounts[name] ?? name}</Text>
            </Box>
            {readOnly ? null : (
              <Group gap={2} wrap="nowrap">
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t('route.up', { name })}
                  disabled={index === 0}
                  onClick={() => onChange(moved(route, index, index - 1))}
                >
                  <IconArrowUp size={18} />
                </ActionIcon>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t('route.down', { name })}
                  disabled={index === route.length - 1}
                  onClick={() => onChange(moved(route, index, index + 1))}
                >
                  <IconArrowDown size={18} />
                </ActionIcon>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t('route.remove', { name })}
                  onClick={() => onChange(route.filter((one) => one !== name))}
                >
                  <IconX size={18} />
                </ActionIcon>
              </Group>
            )}
          </Group>
        </Paper>
      ))}
      {!readOnly && rest.length > 0 ? (
        <Select
          aria-label={t('route.add')}
          placeholder={t('route.add')}
          data={rest.map((name) => ({ value: name, label: accounts[name] ?? name }))}
          value={null}
          onChange={(name) => name && onChange([...route, name])}
        />
      ) : null}
    </Stack>
  );
}
