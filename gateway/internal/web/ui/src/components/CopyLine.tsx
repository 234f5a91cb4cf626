import { Button, Group, TextInput } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

/**
 * A line to be pasted elsewhere. On plain http in a LAN browsers have no clipboard interface: there the
 * line is selected and copied the old way, and stays selected if that fails, too.
 */
export function CopyLine({ label, value }: { label: string; value: string }) {
  const { t } = useTranslation();
  const field = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    field.current?.select();
    const done = navigator.clipboard
      ? await navigator.clipboard.writeText(value).then(
          () => true,
          () => false,
        )
      : document.execCommand('copy');
    setCopied(done);
  };
  return (
    <TextInput
      ref={field}
      label={label}
      value={value}
      readOnly
      styles={{ wrapper: { flex: 1 }, input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
      onFocus={(event) => event.currentTarget.select()}
      inputContainer={(input) => (
        <Group gap="xs" wrap="nowrap">
          {input}
          <Button
            variant="default"
            leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
            onClick={() => void copy()}
            miw="max-content"
          >
            {t(copied ? 'copy.done' : 'copy.copy')}
          </Button>
        </Group>
      )}
    />
  );
}
