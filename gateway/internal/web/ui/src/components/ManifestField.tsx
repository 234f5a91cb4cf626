import { Button, Group, NumberInput, PasswordInput, Select, Switch, Text, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ManifestFieldSpec, type SecretState, textOf } from './manifest';

/** One setting, drawn by its kind. A kind that this page does not know is a line of text. */
export function ManifestField({
  field,
  value,
  secret,
  onChange,
  onClear,
  fault,
  readOnly,
}: {
  field: ManifestFieldSpec;
  value: string;
  secret?: SecretState;
  onChange: (value: string) => void;
  /** Of a secret that is set: have it removed, or keep it after all. */
  onClear?: (cleared: boolean) => void;
  fault: string;
  readOnly: boolean;
}) {
  const { t, i18n } = useTranslation();
  const common = {
    label: textOf(field.label, i18n.language) || field.key,
    description: textOf(field.help, i18n.language) || undefined,
    placeholder: textOf(field.placeholder, i18n.language) || undefined,
    error: fault || undefined,
    withAsterisk: field.required && !secret?.set,
    name: field.key,
    autoComplete: 'off',
  };
  const text = { ...common, value: value || (readOnly ? (field.default ?? '') : value), readOnly };
  switch (field.kind) {
    case 'SECRET':
      return (
        <SecretField
          common={common}
          value={value}
          secret={secret}
          onChange={onChange}
          onClear={onClear}
          readOnly={readOnly}
        />
      );
    case 'BOOL':
      return (
        <Switch
          label={common.label}
          description={common.description}
          error={common.error}
          checked={(value || field.default) === 'true'}
          disabled={readOnly}
          onChange={(event) => onChange(event.currentTarget.checked ? 'true' : 'false')}
        />
      );
    case 'ENUM':
      return (
        <Select
          {...common}
          value={value || field.default || null}
          readOnly={readOnly}
          allowDeselect={false}
          onChange={(chosen) => onChange(chosen ?? '')}
          data={(field.choices ?? []).map((choice) => ({
            value: choice.value,
            label: textOf(choice.label, i18n.language) || choice.value,
          }))}
        />
      );
    case 'INT':
      return (
        <NumberInput
          {...common}
          value={value}
          placeholder={common.placeholder ?? field.default}
          readOnly={readOnly}
          allowDecimal={false}
          min={field.min ?? undefined}
          max={field.max ?? undefined}
          clampBehavior="none"
          onChange={(next) => onChange(String(next))}
        />
      );
    case 'LIST':
      return (
        <Textarea
          {...text}
          autosize
          minRows={2}
          maxRows={8}
          description={common.description ?? t('manifest.list')}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    default:
      return (
        <TextInput
          {...text}
          placeholder={common.placeholder ?? field.default ?? t(hintOf(field.kind))}
          inputMode={field.kind === 'PHONE' ? 'tel' : field.kind === 'URL' ? 'url' : undefined}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
  }
}

/** What a kind of text looks like. */
function hintOf(kind: string) {
  switch (kind) {
    case 'DURATION':
      return 'manifest.duration';
    case 'URL':
      return 'manifest.url';
    case 'PHONE':
      return 'manifest.phone';
    default:
      return 'manifest.nothing';
  }
}

interface CommonProps {
  label: string;
  description?: string;
  placeholder?: string;
  error?: string;
  withAsterisk?: boolean;
  name: string;
}

/** A secret is never shown again: it says that it is set, and can be replaced or, where it need not be there, removed. */
function SecretField({
  common,
  value,
  secret,
  onChange,
  onClear,
  readOnly,
}: {
  common: CommonProps;
  value: string;
  secret?: SecretState;
  onChange: (value: string) => void;
  onClear?: (cleared: boolean) => void;
  readOnly: boolean;
}) {
  const { t } = useTranslation();
  const [replacing, setReplacing] = useState(false);
  if (secret?.set && !replacing) {
    const acts: [text: string, act: () => void][] = secret.cleared
      ? [[t('secret.keep'), () => onClear?.(false)]]
      : [[t('secret.replace'), () => setReplacing(true)]];
    if (onClear && !secret.cleared) acts.push([t('secret.clear'), () => onClear(true)]);
    return (
      <TextInput
        label={common.label}
        description={common.description}
        error={common.error}
        value={secret.cleared ? t('secret.cleared') : t('secret.set', { hint: secret.hint ?? '' })}
        readOnly
        rightSectionWidth={readOnly ? undefined : 'auto'}
        rightSection={
          readOnly ? undefined : (
            <Group gap={0} wrap="nowrap" mr={6}>
              {acts.map(([text, act]) => (
                <Button key={text} size="compact-sm" variant="subtle" onClick={act}>
                  {text}
                </Button>
              ))}
            </Group>
          )
        }
      />
    );
  }
  return (
    <>
      <PasswordInput
        {...common}
        value={value}
        readOnly={readOnly}
        autoComplete="new-password"
        spellCheck={false}
        data-autofocus={replacing || undefined}
        autoFocus={replacing}
        visibilityToggleButtonProps={{ 'aria-label': t('secret.show') }}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      {replacing ? (
        <Group gap={6}>
          <Text size="sm" c="dimmed">
            {t('secret.keeps')}
          </Text>
          <Button
            size="compact-sm"
            variant="subtle"
            onClick={() => {
              onChange('');
              setReplacing(false);
            }}
          >
            {t('secret.keep')}
          </Button>
        </Group>
      ) : null}
    </>
  );
}
