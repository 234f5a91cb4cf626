import { Box, Group, Loader, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { rulesQuery } from '@/api/rules';
import { useMay } from '@/api/session';
import type { NotificationSettings, RuleFile } from '@/api/types';
import { ErrorBox } from '@/components/ErrorBox';
import { Findings } from '@/components/Findings';
import { Money } from '@/components/Money';
import { usePreview } from './api';
import classes from './phone.module.css';

/** What the guest would read, on a phone, with what it weighs and costs. */
export function PhonePreview({ settings, sender }: { settings: NotificationSettings; sender: string }) {
  const { t } = useTranslation();
  const [asked] = useDebouncedValue(settings, 350);
  const { data, error, isFetching } = usePreview(asked);
  const may = useMay();
  const rules = useQuery({ ...rulesQuery(), refetchInterval: false, enabled: may('rules:read') });
  const off = whatIsOff(settings.enabled, rules.data);
  return (
    <Stack gap="sm">
      <Box className={classes.phone} role="group" aria-label={t('notify.preview')}>
        <Group justify="center" gap={6} className={classes.top}>
          <Text size="sm" fw={600}>
            {sender || t('notify.noSender')}
          </Text>
          {isFetching ? <Loader size={14} role="img" aria-label={t('loading')} /> : null}
        </Group>
        <Box className={classes.bubble} aria-live="polite">
          {data?.text ?? '…'}
        </Box>
      </Box>
      <ErrorBox fault={error} />
      {data ? (
        <>
          <Text size="sm" c="dimmed">
            {data.real ? t('notify.realOrder', { number: data.order_number }) : t('notify.exampleOrder')}
          </Text>
          <Group gap="lg">
            <Fact label={t('notify.characters')} value={String(data.characters)} />
            <Fact label={t('notify.encoding')} value={data.encoding} />
            <Fact
              label={t('notify.segments')}
              value={t('notify.segmentsLeft', { count: data.segments, left: data.left })}
            />
            <Fact
              label={t('notify.price')}
              value={
                data.cost ? (
                  <Money amount={data.cost} />
                ) : (
                  <Text span c="dimmed" size="sm">
                    {data.cost_why || t('notify.noPrice')}
                  </Text>
                )
              }
            />
          </Group>
          <Findings findings={data.warnings} />
          {off ? (
            <Text c="dimmed">{t(off === 'settings' ? 'notify.lastDayOff' : 'notify.lastDayNoRule')}</Text>
          ) : (
            <Text>
              {t('notify.lastDay', { count: data.last_day.texts })}
              {data.last_day.cost ? (
                <>
                  {' '}
                  (<Money amount={data.last_day.cost} />)
                </>
              ) : null}{' '}
              <Text span c="dimmed" size="sm">
                {t('notify.lastDayOf', { count: data.last_day.orders })}
              </Text>
            </Text>
          )}
        </>
      ) : null}
    </Stack>
  );
}

/** What keeps these settings from sending anything; null: nothing that is known. */
export function whatIsOff(
  enabled: boolean,
  rules?: Pick<RuleFile, 'name' | 'enabled' | 'failing'>[],
): 'settings' | 'rule' | null {
  if (!enabled) return 'settings';
  if (!rules) return null;
  const serves = (one: (typeof rules)[number]) => one.enabled && !one.failing;
  const reads = rules.find((one) => one.name === 'order-stage.js'); // the rule that these settings are for
  return (reads ? serves(reads) : rules.some(serves)) ? null : 'rule';
}

function Fact({ label, value }: { label: string; value: React.ReactNode }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text component="div" fw={600}>
        {value}
      </Text>
    </div>
  );
}
