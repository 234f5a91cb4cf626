import { Button, Group, Modal, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useComparison } from '@/api/rules';
import type { RuleComparison, RuleDraft } from '@/api/types';
import { ErrorBox } from '@/components/ErrorBox';
import { Loading } from '@/components/Loading';
import { OrderNumber } from '@/components/OrderNumber';
import { RelativeTime } from '@/components/RelativeTime';
import { useFormat } from '@/i18n/format';

/** Before a draft serves: what it would have changed over the last week. */
export function SaveDialog({
  opened,
  draft,
  saving,
  onSave,
  onClose,
}: {
  opened: boolean;
  draft: RuleDraft;
  saving: boolean;
  onSave: () => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const { data, error, isPending } = useComparison(draft, opened);
  return (
    <Modal opened={opened} onClose={onClose} title={t('compare.title')} size="xl">
      {isPending ? <Loading label={t('compare.working')} /> : null}
      <ErrorBox fault={error} />
      {data && !isPending ? <Comparison found={data} /> : null}
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={onClose}>
          {t('compare.back')}
        </Button>
        <Button data-autofocus loading={saving} onClick={onSave}>
          {t('compare.save')}
        </Button>
      </Group>
    </Modal>
  );
}

/** The difference as a sentence, and order by order. */
function Comparison({ found }: { found: RuleComparison }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (found.events === 0) return <Text>{t('compare.noEvents')}</Text>;
  const differs = found.added + found.removed + found.changed + found.failed > 0;
  const parts = [
    t('compare.added', { count: found.added }),
    t('compare.removed', { count: found.removed }),
    t('compare.changed', { count: found.changed }),
    ...(found.failed > 0 ? [t('compare.failed', { count: found.failed })] : []),
  ];
  return (
    <>
      <Text size="lg" fw={600} role="status">
        {differs ? parts.join(', ') : t('compare.same', { count: found.same })}
        {found.cost ? `; ${t('compare.cost', { amount: format.money(found.cost, true) })}` : ''}
      </Text>
      <Text size="sm" c="dimmed">
        {t('compare.looked', { count: found.events })}
        {found.cut ? ` ${t('compare.cut')}` : ''}
      </Text>
      {found.examples.length > 0 ? (
        <Table.ScrollContainer minWidth={560} mt="md" mah={420}>
          <Table aria-label={t('compare.title')}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('messages.order')}</Table.Th>
                <Table.Th>{t('messages.time')}</Table.Th>
                <Table.Th>{t('compare.before')}</Table.Th>
                <Table.Th>{t('compare.after')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {found.examples.map((one) => (
                <Table.Tr key={`${one.order_id} ${one.change} ${one.at}`}>
                  <Table.Td>
                    <OrderNumber number={one.order_number} id={one.order_id} />
                  </Table.Td>
                  <Table.Td>
                    <RelativeTime at={one.at} size="sm" />
                  </Table.Td>
                  <Table.Td>
                    <bdi>{one.before || '—'}</bdi>
                  </Table.Td>
                  <Table.Td>
                    <bdi>{one.after || '—'}</bdi>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      ) : null}
    </>
  );
}
