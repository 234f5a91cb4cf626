import { Anchor, Badge, Group, Paper, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import i18next, { type TFunction } from 'i18next';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { api, given } from '@/api/client';
import { useMay } from '@/api/session';
import type { SystemState } from '@/api/types';
import { ErrorBox } from '@/components/ErrorBox';
import { Facts } from '@/components/Facts';
import { Findings } from '@/components/Findings';
import { Loading } from '@/components/Loading';
import { Page } from '@/components/Page';
import { RelativeTime } from '@/components/RelativeTime';
import { useFormat } from '@/i18n/format';
import { language } from '@/i18n/language';
import { Keys } from './Keys';
import { Part } from './Part';
import { Sessions } from './Sessions';
import { Users } from './Users';

/** What the program is made of and how it is; who may come in. */
export default function SystemPage() {
  const { t } = useTranslation();
  const may = useMay();
  const system = useQuery({
    queryKey: ['system', language()],
    queryFn: ({ signal }) => given(api.GET('/api/v1/system', { signal })),
    refetchInterval: 15_000,
    enabled: may('system:read'),
  });
  return (
    <Page title={t('nav.system')}>
      <Stack gap="xl" maw={960}>
        {system.data ? (
          <>
            <Part title={t('system.checks')}>
              <Findings findings={system.data.checks} />
              {system.data.checks.length === 0 ? <Text size="sm">{t('system.allWell')}</Text> : null}
            </Part>
            <Made of={system.data} />
            <Processes of={system.data} />
          </>
        ) : system.error ? (
          <ErrorBox fault={system.error} retry={() => void system.refetch()} />
        ) : may('system:read') ? (
          <Loading />
        ) : null}
        <Sessions />
        {may('users:manage') ? <Users /> : null}
        {may('keys:manage') ? <Keys /> : null}
        {system.data ? <Configuration of={system.data} /> : null}
      </Stack>
    </Page>
  );
}

const mebi = 1024 * 1024;
const gibi = 1024 * mebi;

function Made({ of }: { of: SystemState }) {
  const { t } = useTranslation();
  const format = useFormat();
  const size = (bytes: number) =>
    bytes < gibi
      ? t('process.memory', { mebibytes: format.number(bytes / mebi, 1) })
      : t('system.gibi', { gibibytes: format.number(bytes / gibi, 1) });
  return (
    <Part title={t('system.made')}>
      <Paper>
        <Facts
          facts={[
            [t('system.version'), of.version],
            [t('system.started'), <RelativeTime key="at" at={of.started_at} />],
            [t('system.machine'), `${of.system}, ${of.go}`],
            [t('system.database'), `${of.database.engine} ${of.database.version}, ${size(of.database.bytes)}`],
            [t('nav.events'), format.number(of.database.events)],
            [t('nav.orders'), format.number(of.database.orders)],
            [t('nav.messages'), format.number(of.database.messages)],
            [t('nav.contacts'), format.number(of.database.contacts)],
            [t('system.listen'), of.listen],
            [
              t('system.api'),
              <Anchor key="api" size="sm" href="/docs">
                {t('system.docs')}
              </Anchor>,
            ],
            [t('system.admin'), of.admin_listen],
            [t('system.public'), of.public_url],
            ...of.folders.map((one): [string, ReactNode] => [
              folderName(one.name, t),
              `${one.path}${one.free_bytes >= 0 ? ` (${t('system.free', { size: size(one.free_bytes) })})` : ''}`,
            ]),
          ]}
        />
      </Paper>
    </Part>
  );
}

/** What a folder holds, in words where we have some. */
function folderName(name: string, t: TFunction): string {
  const key = `system.folder.${name}`;
  return i18next.exists(key) ? t(key as 'system.folder.data') : name;
}

function Processes({ of }: { of: SystemState }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (of.processes.length === 0) return null;
  return (
    <Part title={t('system.processes')}>
      <Stack gap="xs">
        {of.processes.map((one) => (
          <Paper key={`${one.kind} ${one.name} ${one.pid}`} p="sm">
            <Group justify="space-between">
              <Text size="sm" fw={500}>
                {one.kind === 'rules' ? t('system.scripts') : one.name}
              </Text>
              <Group gap="sm">
                <Text size="sm" c="dimmed">
                  {t('process.memory', { mebibytes: format.number(one.memory_bytes / mebi) })}
                  {one.restarts > 0 ? ` · ${t('process.restarts', { count: one.restarts })}` : ''}
                </Text>
                <Badge color={one.state === 'serving' ? 'green' : one.state === 'quarantined' ? 'red' : 'gray'}>
                  {t(`process.${one.state as 'serving'}`, { defaultValue: one.state })}
                </Badge>
              </Group>
            </Group>
            {one.problem ? (
              <Text size="sm" c="var(--mantine-color-error)">
                <bdi>{one.problem}</bdi>
              </Text>
            ) : null}
          </Paper>
        ))}
      </Stack>
    </Part>
  );
}

function Configuration({ of }: { of: SystemState }) {
  const { t } = useTranslation();
  if (of.configuration.length === 0) return null;
  return (
    <Part title={t('system.configuration')}>
      <details className="ob-folded">
        <summary>{t('system.showConfiguration')}</summary>
        <Paper mt="xs">
          <Stack gap={6}>
            {of.configuration.map((one) => (
              <Text key={one.path} size="sm" style={{ overflowWrap: 'anywhere' }}>
                <code>{one.path}</code>: <bdi>{one.value}</bdi>{' '}
                <Text span c="dimmed" inherit>
                  {one.origin}
                </Text>
              </Text>
            ))}
          </Stack>
        </Paper>
      </details>
    </Part>
  );
}
