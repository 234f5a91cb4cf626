import { ActionIcon, Group, Text, Tooltip } from '@mantine/core';
import { IconEye, IconEyeOff } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemText } from './problemText';

/**
 * A guest's phone, masked by the gateway. The eye reveals this one; the gateway writes down who looked.
 * Without reveal there is no eye.
 */
export function MaskedPhone({ masked, reveal }: { masked: string; reveal?: () => Promise<string> }) {
  const { t } = useTranslation();
  const [full, setFull] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<unknown>(null);
  const toggle = async () => {
    if (full !== null || !reveal) {
      setFull(null);
      return;
    }
    setBusy(true);
    setFault(null);
    try {
      setFull(await reveal());
    } catch (wrong) {
      setFault(wrong);
    } finally {
      setBusy(false);
    }
  };
  if (masked === '')
    return (
      <Text span c="dimmed">
        {t('phone.none')}
      </Text>
    );
  return (
    <Group gap={4} wrap="nowrap" display="inline-flex">
      <Text span inherit style={{ whiteSpace: 'nowrap' }}>
        {full ?? masked}
      </Text>
      {reveal ? (
        <Tooltip
          label={fault ? problemText(fault, t) : full ? t('phone.hide') : t('phone.reveal')}
          opened={fault ? true : undefined}
        >
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            loading={busy}
            aria-label={full ? t('phone.hide') : t('phone.reveal')}
            onClick={(click) => {
              click.stopPropagation();
              click.preventDefault();
              void toggle();
            }}
          >
            {full ? <IconEyeOff size={16} /> : <IconEye size={16} />}
          </ActionIcon>
        </Tooltip>
      ) : null}
    </Group>
  );
}
