import { Alert, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconAlertTriangle, IconCircleX } from '@tabler/icons-react';
import type { RuleFault } from '@/api/types';

/** What is wrong with a script, where, and what to do. A fault with a place leads there. */
export function FaultList({ faults, onGo }: { faults: RuleFault[]; onGo?: (fault: RuleFault) => void }) {
  return (
    <Stack gap="xs">
      {faults.map((one) => (
        <Alert
          key={`${one.where} ${one.text}`}
          color={one.severity === 'error' ? 'red' : 'orange'}
          icon={one.severity === 'error' ? <IconCircleX size={20} /> : <IconAlertTriangle size={20} />}
          p="sm"
        >
          {onGo && one.line > 0 ? (
            <UnstyledButton
              className="ob-link"
              fz="sm"
              ff="monospace"
              style={{ textDecoration: 'underline', color: 'inherit' }}
              onClick={() => onGo(one)}
            >
              {one.where}
            </UnstyledButton>
          ) : (
            <Text size="sm" ff="monospace">
              {one.where}
            </Text>
          )}
          <Text size="sm" fw={500}>
            <bdi>{one.text}</bdi>
          </Text>
          {one.cure ? <Text size="sm">{one.cure}</Text> : null}
        </Alert>
      ))}
    </Stack>
  );
}
