import { Alert, Button, Paper, SegmentedControl, Select, Stack, Text, Textarea, Title } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useEvents } from '@/api/events';
import { useOrders } from '@/api/orders';
import { useTestRules } from '@/api/rules';
import type { RuleDraft } from '@/api/types';
import { useZone } from '@/api/zone';
import { ErrorBox } from '@/components/ErrorBox';
import { Trials } from '@/components/Trials';
import { useFormat } from '@/i18n/format';

type Subject = 'event' | 'order' | 'body';

/** Runs the draft, or the rules that serve, on something real. Nothing is sent or stored. */
export function TryIt({
  draft,
  stamp = '',
}: {
  draft?: RuleDraft;
  /** What the editor holds: results of anything else are outdated. */
  stamp?: string;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const zone = useZone();
  const [subject, setSubject] = useState<Subject>('event');
  const [picked, setPicked] = useState<string | null>(null);
  const [body, setBody] = useState('');
  const events = useEvents({});
  const orders = useOrders({});
  const test = useTestRules();
  const [ranOn, setRanOn] = useState(stamp);
  const when = (at: string) => format.time(at, zone, true);
  const choices =
    subject === 'event'
      ? (events.data?.pages.flatMap((page) => page.items ?? []) ?? [])
          .filter((one) => one.size > 0 && one.status !== 'quarantined')
          .map((one) => ({ value: one.id, label: `${when(one.received_at)} · ${one.summary || one.id}` }))
      : (orders.data?.pages.flatMap((page) => page.items ?? []) ?? []).map((one) => ({
          value: one.id,
          label: `${when(one.last_event)} · ${t('order.number', { number: one.number })}`,
        }));
  const chosen = choices.some((one) => one.value === picked) ? picked : (choices[0]?.value ?? null);
  const run = () => {
    setRanOn(stamp);
    test.mutate({
      draft,
      event_id: subject === 'event' ? (chosen ?? undefined) : undefined,
      order_id: subject === 'order' ? (chosen ?? undefined) : undefined,
      body: subject === 'body' ? body : undefined,
    });
  };
  return (
    <Paper>
      <Title order={2} mb={4}>
        {t('rules.try')}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t(draft ? 'rules.tryDraft' : 'rules.tryServing')}
      </Text>
      <Stack gap="sm">
        <SegmentedControl
          fullWidth
          size="xs"
          aria-label={t('rules.tryOn')}
          value={subject}
          onChange={(one) => setSubject(one as Subject)}
          data={[
            { value: 'event', label: t('rules.onEvent') },
            { value: 'order', label: t('rules.onOrder') },
            { value: 'body', label: t('rules.onBody') },
          ]}
        />
        {subject === 'body' ? (
          <Textarea
            label={t('rules.body')}
            value={body}
            onChange={(event) => setBody(event.currentTarget.value)}
            autosize
            minRows={4}
            maxRows={10}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          />
        ) : (
          <Select
            label={t(subject === 'event' ? 'rules.pickEvent' : 'rules.pickOrder')}
            placeholder={choices.length === 0 ? t('feed.empty') : undefined}
            data={choices}
            value={chosen}
            onChange={setPicked}
            searchable
            allowDeselect={false}
            maxDropdownHeight={320}
          />
        )}
        <Button
          leftSection={<IconPlayerPlay size={16} />}
          loading={test.isPending}
          disabled={subject === 'body' ? body.trim() === '' : chosen === null}
          onClick={run}
        >
          {t('rules.run')}
        </Button>
        <ErrorBox fault={test.error} />
        {test.data && ranOn !== stamp ? (
          <Alert color="amber" p="xs" role="status">
            {t('rules.outdated')}
          </Alert>
        ) : null}
        {test.data ? (
          <div style={ranOn === stamp ? undefined : { opacity: 0.6 }}>
            <Trials trials={test.data} />
          </div>
        ) : null}
      </Stack>
    </Paper>
  );
}
