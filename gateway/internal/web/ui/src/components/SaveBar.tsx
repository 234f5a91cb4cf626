import { Button, Group, Modal, Paper, Text } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/i18n/format';

/**
 * Appears when something was changed and says what. While it is there, leaving the page asks first.
 */
export function SaveBar({
  changed,
  saving,
  onSave,
  onReset,
}: {
  /** What was changed, in words; empty: nothing. */
  changed: string[];
  saving: boolean;
  onSave: () => void;
  onReset: () => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const dirty = changed.length > 0;
  return (
    <>
      <LeaveGuard dirty={dirty && !saving} />
      {dirty ? (
        <Paper
          pos="sticky"
          bottom="calc(var(--ob-foot) + 12px)"
          mt="lg"
          p="sm"
          shadow="md"
          role="region"
          aria-label={t('save.region')}
          style={{ zIndex: 5, borderColor: 'var(--mantine-color-amber-5)' }}
        >
          <Group justify="space-between" gap="sm">
            <Text size="sm" style={{ flex: '1 1 200px' }}>
              {t('save.changed', { what: format.list(changed) })}
            </Text>
            <Group gap="xs">
              <Button variant="default" onClick={onReset} disabled={saving}>
                {t('save.reset')}
              </Button>
              <Button onClick={onSave} loading={saving}>
                {t('save.save')}
              </Button>
            </Group>
          </Group>
        </Paper>
      ) : null}
    </>
  );
}

/** Asks before unsaved changes are left behind, within the page and when the tab is closed. */
export function LeaveGuard({ dirty }: { dirty: boolean }) {
  const { t } = useTranslation();
  const blocker = useBlocker({
    // A change of the filters in the address is no leaving.
    shouldBlockFn: ({ current, next }) => dirty && current.pathname !== next.pathname,
    enableBeforeUnload: () => dirty,
    withResolver: true,
  });
  return (
    <Modal opened={blocker.status === 'blocked'} onClose={() => blocker.reset?.()} title={t('leave.title')}>
      <Text>{t('leave.text')}</Text>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={() => blocker.proceed?.()}>
          {t('leave.leave')}
        </Button>
        <Button data-autofocus onClick={() => blocker.reset?.()}>
          {t('leave.stay')}
        </Button>
      </Group>
    </Modal>
  );
}
