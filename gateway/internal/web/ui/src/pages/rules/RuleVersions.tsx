import { Badge, Button, Code, Group, Paper, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ruleQuery, useRestoreRule, useRuleVersion, useRuleVersions } from '@/api/rules';
import { useMay } from '@/api/session';
import { ErrorBox } from '@/components/ErrorBox';
import { Loading } from '@/components/Loading';
import { notify } from '@/components/notify';
import { RelativeTime } from '@/components/RelativeTime';
import { useEditable } from './ScriptView';

const ScriptDifference = lazy(async () => ({ default: (await import('./ScriptEditor')).ScriptDifference }));

/** Every version of a file: what differs from the one that serves, and the way back to it. */
export function RuleVersions({ name }: { name: string }) {
  const { t } = useTranslation();
  const may = useMay();
  const editable = useEditable();
  const versions = useRuleVersions(name);
  const [looked, setLooked] = useState('');
  const now = useQuery(ruleQuery(name));
  const former = useRuleVersion(name, looked);
  const restore = useRestoreRule();
  if (versions.isPending) return <Loading />;
  return (
    <Stack gap="sm">
      <ErrorBox fault={versions.error ?? restore.error ?? former.error} retry={() => void versions.refetch()} />
      {versions.data?.map((one) => (
        <Paper key={`${one.version} ${one.saved_at}`} p="sm">
          <Group justify="space-between" gap="xs">
            <Group gap="xs">
              <Code>{one.version}</Code>
              {one.current ? <Badge color="green">{t('rules.current')}</Badge> : null}
              <Text size="sm">
                {one.saved_by || t('rules.nobody')}, <RelativeTime at={one.saved_at} size="sm" />
              </Text>
              <Text size="sm" c="dimmed">
                {t('events.bytes', { count: one.size })}
              </Text>
            </Group>
            {one.current ? null : (
              <Group gap="xs">
                <Button
                  variant="default"
                  size="xs"
                  aria-expanded={looked === one.version}
                  onClick={() => setLooked(looked === one.version ? '' : one.version)}
                >
                  {t(looked === one.version ? 'rules.hideDifference' : 'rules.difference')}
                </Button>
                {may('rules:write') ? (
                  <Button
                    size="xs"
                    loading={restore.isPending && restore.variables.version === one.version}
                    onClick={() =>
                      restore.mutate(
                        { name, version: one.version },
                        { onSuccess: () => void notify(t('rules.restored')) },
                      )
                    }
                  >
                    {t('rules.restore')}
                  </Button>
                ) : null}
              </Group>
            )}
          </Group>
          {looked === one.version && former.data && now.data ? (
            <Stack gap={4} mt="sm">
              <Text size="sm" c="dimmed">
                {t('rules.differenceHelp')}
              </Text>
              {editable ? (
                <Suspense fallback={<Loading />}>
                  <ScriptDifference before={former.data.source} after={now.data.source} label={t('rules.difference')} />
                </Suspense>
              ) : (
                <Code block tabIndex={0} mah="60vh" style={{ overflow: 'auto' }}>
                  {former.data.source}
                </Code>
              )}
            </Stack>
          ) : null}
        </Paper>
      ))}
    </Stack>
  );
}
