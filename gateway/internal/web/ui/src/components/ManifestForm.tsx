import { Anchor, Collapse, Fieldset, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { ManifestField } from './ManifestField';
import { isShown, type ManifestFieldSpec, type SecretState, textOf } from './manifest';

/**
 * The settings of a provider's account, drawn from the provider's own manifest. Values are texts, as
 * the gateway keeps them; the gateway checks them. A secret is written only: an empty one keeps what is
 * set.
 */
export function ManifestForm({
  fields,
  values,
  secrets,
  onChange,
  onClear,
  fault,
  readOnly = false,
}: {
  fields: ManifestFieldSpec[];
  values: Record<string, string>;
  /** Which secrets are set already, with a hint of their end. */
  secrets: Record<string, SecretState>;
  onChange: (key: string, value: string) => void;
  /** Marks a secret that is set to be removed, or takes that back; without it secrets are only replaced. */
  onClear?: (key: string, cleared: boolean) => void;
  /** What is wrong with a field; empty: nothing. */
  fault: (key: string) => string;
  readOnly?: boolean;
}) {
  const { t, i18n } = useTranslation();
  const [more, { toggle }] = useDisclosure(false);
  const shown = fields.filter((field) => isShown(field, fields, values));
  const faulty = (field: ManifestFieldSpec) => fault(field.key) !== '';
  const plain = shown.filter((field) => !field.advanced || faulty(field));
  const advanced = shown.filter((field) => field.advanced && !faulty(field));
  const draw = (field: ManifestFieldSpec) => (
    <ManifestField
      key={field.key}
      field={field}
      value={values[field.key] ?? ''}
      secret={secrets[field.key]}
      onChange={(value) => onChange(field.key, value)}
      onClear={onClear && !field.required ? (cleared) => onClear(field.key, cleared) : undefined}
      fault={fault(field.key)}
      readOnly={readOnly}
    />
  );
  return (
    <Stack gap="md">
      {groups(plain, i18n.language).map((group) =>
        group.title ? (
          <Fieldset key={group.title} legend={group.title}>
            <Stack gap="md">{group.fields.map(draw)}</Stack>
          </Fieldset>
        ) : (
          group.fields.map(draw)
        ),
      )}
      {advanced.length > 0 ? (
        <>
          <Anchor component="button" type="button" size="sm" ta="left" onClick={toggle} aria-expanded={more}>
            {more ? t('manifest.less') : t('manifest.more', { count: advanced.length })}
          </Anchor>
          <Collapse expanded={more}>
            <Stack gap="md">{advanced.map(draw)}</Stack>
          </Collapse>
        </>
      ) : null}
    </Stack>
  );
}

/** Puts fields of one group together, in the order in which the manifest names them first. */
function groups(fields: ManifestFieldSpec[], language: string) {
  const found: { title: string; fields: ManifestFieldSpec[] }[] = [];
  for (const field of fields) {
    const title = textOf(field.group, language);
    const group = found.find((one) => one.title === title);
    if (group) group.fields.push(field);
    else found.push({ title, fields: [field] });
  }
  return found;
}
