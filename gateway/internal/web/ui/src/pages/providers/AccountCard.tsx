import { Alert, Anchor, Badge, Button, Card, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAlertTriangle, IconFlask } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api, given, queries } from '@/api/client';
import { Problem } from '@/api/problem';
import { useMay } from '@/api/session';
import type { Account, Provider } from '@/api/types';
import { BalanceButton } from '@/components/BalanceButton';
import { ErrorBox } from '@/components/ErrorBox';
import { Facts } from '@/components/Facts';
import { Findings } from '@/components/Findings';
import { Money } from '@/components/Money';
import { RelativeTime } from '@/components/RelativeTime';
import { TestText } from '@/components/TestText';
import { useFormat } from '@/i18n/format';

const stateColors: Record<Account['state'], string> = {
  ready: 'green',
  starting: 'blue',
  stopped: 'gray',
  failing: 'red',
  missing: 'red',
};

/** One account: its state in a word, its money, its last failure in the provider's words and ours, its day. */
export function AccountCard({
  account,
  title,
  provider,
  onEdit,
}: {
  account: Account;
  title: string;
  provider?: Provider;
  onEdit: () => void;
}) {
  const { t } = useTranslation();
  const may = useMay();
  const [testing, test] = useDisclosure(false);
  const [removing, remove] = useDisclosure(false);
  const check = useMutation({
    mutationFn: () => given(api.POST('/api/v1/accounts/{name}/check', { params: { path: { name: account.name } } })),
  });
  const can = (ability: Provider['abilities'][number]) => provider?.abilities.includes(ability) ?? false;
  const uses = may('accounts:use');
  return (
    <Card>
      <Stack gap="sm" h="100%">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <Text fw={650} size="lg">
            <bdi>{title}</bdi>
          </Text>
          <Badge color={stateColors[account.state]} miw="max-content">
            {t(`account.state.${account.state}`)}
          </Badge>
        </Group>
        <Group gap="xs">
          {account.route_place > 0 ? (
            <Badge color="amber">{t('account.place', { place: account.route_place })}</Badge>
          ) : (
            <Badge color="gray">{t('account.offRoute')}</Badge>
          )}
          {account.declared ? <Badge color="gray">{t('account.declared')}</Badge> : null}
        </Group>
        {account.simulated ? (
          <Alert color="amber" icon={<IconFlask size={20} />} p="xs">
            {t('account.simulated')}
          </Alert>
        ) : null}
        {account.last_error ? <LastError account={account} /> : null}
        <Day account={account} />
        {can('balance') ? uses ? <BalanceButton account={account.name} known={account.balance} /> : null : null}
        {account.today.days_left !== undefined ? (
          <Text size="sm" c="dimmed">
            {t('account.lasts', { count: account.today.days_left })}
          </Text>
        ) : null}
        {check.data ? <Findings findings={check.data.findings} /> : null}
        <ErrorBox fault={check.error} />
        <Group gap="xs" mt="auto">
          {uses && can('check') ? (
            <Button size="xs" variant="default" loading={check.isPending} onClick={() => check.mutate()}>
              {t('account.check')}
            </Button>
          ) : null}
          {uses ? (
            <Button size="xs" variant="default" onClick={test.open}>
              {t('test.title')}
            </Button>
          ) : null}
          {may('accounts:write') && !account.declared ? (
            <>
              <Button size="xs" variant="default" onClick={onEdit}>
                {t('account.edit')}
              </Button>
              <Button size="xs" variant="default" onClick={remove.open}>
                {t('account.remove')}
              </Button>
            </>
          ) : null}
        </Group>
      </Stack>
      <Modal opened={testing} onClose={test.close} title={t('test.title')}>
        <TestText account={account.name} />
      </Modal>
      <RemoveDialog name={account.name} opened={removing} onClose={remove.close} />
    </Card>
  );
}

function LastError({ account }: { account: Account }) {
  const { t } = useTranslation();
  const last = account.last_error;
  if (!last) return null;
  return (
    <div>
      <Text size="sm" c="var(--mantine-color-error)">
        {last.why} {last.cure}
      </Text>
      <Text size="xs" c="dimmed">
        <RelativeTime at={last.at} /> {last.detail ? <bdi>· {t('account.said', { words: last.detail })}</bdi> : null}
      </Text>
    </div>
  );
}

function Day({ account }: { account: Account }) {
  const { t } = useTranslation();
  const format = useFormat();
  const day = account.today;
  return (
    <div>
      <Text size="sm" fw={600} mb={4}>
        {t('nav.today')}
      </Text>
      <Facts
        facts={[
          [t('account.sent'), format.number(day.sent)],
          [
            t('account.delivered'),
            day.sent > 0 ? `${format.number(day.delivered)} (${format.percent(day.delivered / day.sent)})` : '0',
          ],
          [t('account.failed'), format.number(day.failed)],
          [t('account.unknown'), day.unknown > 0 && format.number(day.unknown)],
          [t('account.cost'), day.cost && <Money key="cost" amount={day.cost} />],
          [t('account.speed'), day.p50_ms > 0 && format.span(day.p50_ms)],
        ]}
      />
    </div>
  );
}

/** Why an account stays: it is on the route, or texts of its are under way. Both have a page. */
export function NotRemoved({ fault }: { fault: unknown }) {
  const { t } = useTranslation();
  if (!(fault instanceof Problem) || fault.code !== 'in_use') return <ErrorBox fault={fault} />;
  const routed = fault.field('name') !== undefined;
  return (
    <Alert color="red" icon={<IconAlertTriangle />} role="alert" my="sm">
      <Text size="sm">{t(routed ? 'account.onRoute' : 'account.hasTexts')}</Text>
      <Anchor
        size="sm"
        className="ob-link"
        renderRoot={(props) =>
          routed ? (
            <Link to="/notifications" {...props} />
          ) : (
            <Link to="/messages" search={{ status: 'queued,sending' } as never} {...props} />
          )
        }
      >
        {t(routed ? 'account.toRoute' : 'account.toTexts')}
      </Anchor>
    </Alert>
  );
}

function RemoveDialog({ name, opened, onClose }: { name: string; opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const remove = useMutation({
    mutationFn: () => given(api.DELETE('/api/v1/accounts/{name}', { params: { path: { name } } })),
    onSuccess: () => {
      void queries.invalidateQueries();
      onClose();
    },
  });
  return (
    <Modal opened={opened} onClose={onClose} title={t('account.removeTitle', { name })}>
      <Text>{t('account.removeText')}</Text>
      <NotRemoved fault={remove.error} />
      <Group justify="flex-end" mt="lg">
        <Button variant="default" data-autofocus onClick={onClose}>
          {t('cancel')}
        </Button>
        <Button color="red.8" loading={remove.isPending} onClick={() => remove.mutate()}>
          {t('account.remove')}
        </Button>
      </Group>
    </Modal>
  );
}
