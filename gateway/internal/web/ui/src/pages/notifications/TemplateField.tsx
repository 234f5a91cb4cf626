import { Button, Group, Textarea } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';

/** What a template may name. */
const places = ['{order_number}', '{restaurant_name}'];

/** The template, with its placeholders as buttons that put them where the caret is. */
export function TemplateField({
  value,
  onChange,
  error,
  readOnly,
  mark,
}: {
  value: string;
  onChange: (value: string) => void;
  error?: string;
  readOnly: boolean;
  /** Says where the value comes from when it is read-only. */
  mark?: string;
}) {
  const { t } = useTranslation();
  const field = useRef<HTMLTextAreaElement>(null);
  const insert = (place: string) => {
    const at = field.current;
    const [start, end] = [at?.selectionStart ?? value.length, at?.selectionEnd ?? value.length];
    onChange(value.slice(0, start) + place + value.slice(end));
    requestAnimationFrame(() => {
      at?.focus();
      at?.setSelectionRange(start + place.length, start + place.length);
    });
  };
  return (
    <div>
      <Textarea
        ref={field}
        label={t('notify.template')}
        description={mark}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        error={error}
        readOnly={readOnly}
        autosize
        minRows={3}
        maxRows={8}
        maxLength={2000}
      />
      {readOnly ? null : (
        <Group gap="xs" mt={6}>
          {places.map((place) => (
            <Button
              key={place}
              size="compact-sm"
              variant="default"
              leftSection={<IconPlus size={14} />}
              onClick={() => insert(place)}
              aria-label={t('notify.insert', { place })}
            >
              {place}
            </Button>
          ))}
        </Group>
      )}
    </div>
  );
}
