import { Badge, Box, Group, Stack, Switch, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useEnableRule } from '@/api/rules';
import { useMay } from '@/api/session';
import type { RuleFile } from '@/api/types';
import { ErrorBox } from '@/components/ErrorBox';

/** Every rule file with its switch and how it is, in words. */
export function RuleList({ files, open }: { files: RuleFile[]; open?: string }) {
  const { t } = useTranslation();
  const may = useMay();
  const enable = useEnableRule();
  return (
    <>
      <Stack gap={4} component="ul" m={0} p={0} style={{ listStyle: 'none' }} aria-label={t('nav.rules')}>
        {files.map((one) => (
          <Box
            key={one.name}
            component="li"
            p="xs"
            style={{
              borderRadius: 8,
              background: one.name === open ? 'var(--mantine-color-amber-light)' : undefined,
            }}
          >
            <Group justify="space-between" wrap="nowrap" gap="xs">
              <Link
                to={`/rules/${one.name}`}
                aria-current={one.name === open ? 'page' : undefined}
                style={{ color: 'inherit', textDecoration: 'none', minWidth: 0, flex: 1, padding: '4px 0' }}
              >
                <Text fw={one.name === open ? 600 : 500} style={{ overflowWrap: 'anywhere' }}>
                  {one.name}
                </Text>
              </Link>
              <Switch
                aria-label={t('rules.enabled', { name: one.name })}
                checked={one.enabled}
                disabled={!may('rules:write') || enable.isPending}
                onChange={(event) => enable.mutate({ name: one.name, enabled: event.currentTarget.checked })}
              />
            </Group>
            <RuleState file={one} />
          </Box>
        ))}
      </Stack>
      <ErrorBox fault={enable.error} />
    </>
  );
}

/** How a file is: serving, switched off, broken on disk; ours or changed. */
export function RuleState({ file }: { file: RuleFile }) {
  const { t } = useTranslation();
  const broken = file.faults.filter((one) => one.severity === 'error').length;
  return (
    <Stack gap={4}>
      <Group gap={6}>
        {file.failing ? (
          <Badge color="red">{t('rules.failing')}</Badge>
        ) : (
          <Badge color={file.enabled ? 'green' : 'gray'}>{t(file.enabled ? 'rules.serves' : 'rules.off')}</Badge>
        )}
        <Badge color="gray">{t(file.shipped ? 'rules.shipped' : 'rules.own')}</Badge>
        {broken > 0 ? <Badge color="red">{t('rules.broken', { count: broken })}</Badge> : null}
      </Group>
      {file.failing ? (
        <Text size="sm" c="red.8" style={{ color: 'var(--mantine-color-error)' }}>
          {file.failing}
        </Text>
      ) : null}
    </Stack>
  );
}
