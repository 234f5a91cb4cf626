import { Text } from '@mantine/core';

/** What was said about something, a line each; empty lines are left out. The words may be anybody's. */
export function Words({ said }: { said: (string | undefined | false | null)[] }) {
  return (
    <>
      {said.filter(Boolean).map((line) => (
        <Text key={String(line)} size="sm" c="dimmed">
          <bdi>{line}</bdi>
        </Text>
      ))}
    </>
  );
}
