import { Badge, Group, Stack, Tabs, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ruleQuery } from '@/api/rules';
import type { RuleFile } from '@/api/types';
import { ErrorBox } from '@/components/ErrorBox';
import { Loading } from '@/components/Loading';
import { RelativeTime } from '@/components/RelativeTime';
import { useFilters } from '@/components/useFilters';
import { DeleteRule } from './DeleteRule';
import { FaultList } from './FaultList';
import { RuleForm } from './RuleForm';
import { RuleState } from './RuleList';
import { RuleVersions } from './RuleVersions';

/** One rule file: what it is, its text with cases and trials, and its versions. */
export function RuleDesk({
  file,
  titled = false,
}: {
  file: RuleFile;
  /** The page's heading says the name already. */
  titled?: boolean;
}) {
  const { t } = useTranslation();
  const { filters, set } = useFilters();
  const source = useQuery(ruleQuery(file.name));
  const tab = filters.tab === 'versions' ? 'versions' : 'text';
  return (
    <Stack gap="sm">
      <Group justify="space-between" align="flex-start">
        <div>
          <Group gap="xs">
            {titled ? null : (
              <Text fw={650} size="lg">
                {file.name}
              </Text>
            )}
            <RuleState file={file} />
          </Group>
          <Text size="sm" c="dimmed">
            {t('rules.versionOf', { version: file.version, who: file.changed_by || t('rules.nobody') })}{' '}
            <RelativeTime at={file.changed_at} size="sm" />
          </Text>
          <Group gap={6} mt={4}>
            {file.on.map((one) => (
              <Badge key={one} color="blue">
                {one}
              </Badge>
            ))}
          </Group>
        </div>
        {titled ? null : <DeleteRule name={file.name} />}
      </Group>
      {file.faults.length > 0 ? (
        <>
          <Text size="sm">{t('rules.diskBroken')}</Text>
          <FaultList faults={file.faults} />
        </>
      ) : null}
      <Tabs value={tab} onChange={(to) => set({ tab: to === 'versions' ? 'versions' : '' })} keepMounted>
        <Tabs.List>
          <Tabs.Tab value="text">{t('rules.text')}</Tabs.Tab>
          <Tabs.Tab value="versions">{t('rules.versions')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="text" pt="md">
          {source.data ? (
            <RuleForm saved={source.data} />
          ) : source.error ? (
            <ErrorBox fault={source.error} retry={() => void source.refetch()} />
          ) : (
            <Loading />
          )}
        </Tabs.Panel>
        <Tabs.Panel value="versions" pt="md">
          {tab === 'versions' ? <RuleVersions name={file.name} /> : null}
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}
